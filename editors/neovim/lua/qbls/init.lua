-- Starts qbls for the TypeScript files of Quickback projects, and adds the commands that need more than the protocol has.
-- Neovim 0.7 and later; `:help qbls` says what there is.
local M = {}

M.options = { path = 'qbls', trusted = false, compile_on_save = false, inlay_hints = {} }

local clients = {} -- by root, for 0.7, which does not look for a running client itself

--- The folder of the project that a file belongs to, or nil.
function M.root(file)
  local from = vim.fn.fnamemodify(file, ':p:h') .. ';'
  local config = vim.fn.findfile('quickback/quickback.config.ts', from)
  if config ~= '' then return vim.fn.fnamemodify(config, ':p:h:h') end
  config = vim.fn.findfile('quickback.config.ts', from)
  if config ~= '' then return vim.fn.fnamemodify(config, ':p:h') end
end

--- The running client of a buffer, or nil.
function M.client(buffer)
  for _, client in pairs((vim.lsp.get_clients or vim.lsp.get_active_clients)()) do
    if client.name == 'qbls' and vim.lsp.buf_is_attached(buffer or 0, client.id) then return client end
  end
end

local function attach(buffer, root)
  local config = {
    name = 'qbls',
    cmd = { M.options.path, 'lsp' },
    root_dir = root,
    init_options = {
      trusted = M.options.trusted == true,
      compileOnSave = M.options.trusted == true and M.options.compile_on_save == true,
      inlayHints = next(M.options.inlay_hints) and M.options.inlay_hints or nil,
    },
    handlers = require('qbls.documents').handlers,
  }
  if vim.lsp.start then return vim.lsp.start(config, { bufnr = buffer }) end
  config.on_exit = function() clients[root] = nil end
  clients[root] = clients[root] or vim.lsp.start_client(config)
  if clients[root] then vim.lsp.buf_attach_client(buffer, clients[root]) end
end

--- Starts qbls for every TypeScript file of a Quickback project, from now on and in the buffers that are open.
function M.setup(options)
  M.options = vim.tbl_extend('force', M.options, options or {})
  local group = vim.api.nvim_create_augroup('qbls', { clear = true })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = { 'typescript', 'typescriptreact' },
    callback = function(event)
      local root = M.root(vim.api.nvim_buf_get_name(event.buf))
      if root then attach(event.buf, root) end
    end,
  })
  require('qbls.documents').setup()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == 'typescript' then
      local root = M.root(vim.api.nvim_buf_get_name(buffer))
      if root then attach(buffer, root) end
    end
  end
end

--- Sends a request for the current buffer; done(result) is called with what came of it.
function M.request(method, params, done)
  local client = M.client()
  if not client then return vim.notify('qbls does not run for this buffer', vim.log.levels.WARN) end
  params.uri = params.uri or vim.uri_from_bufnr(0)
  client.request(method, params, function(err, result)
    if err then return vim.notify('qbls: ' .. err.message, vim.log.levels.ERROR) end
    if done then done(result) end
  end)
end

--- Runs a command of the server.
function M.command(name, argument, done)
  argument = argument or {}
  argument.uri = argument.uri or vim.uri_from_bufnr(0)
  M.request('workspace/executeCommand', { command = 'qbls.server.' .. name, arguments = { argument } }, done)
end

return M
