-- :checkhealth qbls
local M = {}

function M.check()
  local health = vim.health or require('health')
  local start, ok, warn, fail = health.start or health.report_start, health.ok or health.report_ok, health.warn or health.report_warn, health.error or health.report_error
  local qbls = require('qbls')
  start('qbls')
  if vim.fn.has('nvim-0.7') == 0 then fail('Neovim 0.7 or later is needed') end
  if vim.fn.executable(qbls.options.path) == 1 then
    ok(vim.trim(vim.fn.system({ qbls.options.path, 'version' })))
  else
    fail(qbls.options.path .. ' cannot be run', { 'Put qbls into PATH, or call setup with { path = … }' })
  end
  if qbls.options.trusted then
    ok('projects are trusted: their code is evaluated, and output may be written')
  else
    warn('projects are not trusted', { 'Nothing of them is executed. setup({ trusted = true }) says otherwise' })
  end
  local client = qbls.client()
  if client then ok('runs for this buffer in ' .. client.config.root_dir) else ok('does not run for this buffer') end
end

return M
