-- Documents of the server: previews in buffers of the scheme qbls:, rendered again when what they show has changed.
local M = {}

local function show(buffer, text)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, '\n', { plain = true }))
  vim.bo[buffer].modifiable, vim.bo[buffer].modified = false, false
end

-- The buffer that shows a preview, or nil.
local function buffer_of(uri)
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.b[buffer].qbls_uri == uri then return buffer end
  end
end

local function render(client, uri)
  local buffer = buffer_of(uri)
  if not buffer then return end
  client.request('qbls/preview', { uri = uri }, function(err, preview)
    if not err and preview and vim.api.nvim_buf_is_loaded(buffer) then show(buffer, preview.text) end
  end)
end

M.handlers = {
  ['qbls/previewChanged'] = function(_, params, context)
    local client = vim.lsp.get_client_by_id(context.client_id)
    if client then render(client, params.uri) end
  end,
  ['qbls/status'] = function(_, params)
    vim.g.qbls_status = params.state -- for a status line
    if params.state == 'failed' then vim.notify('qbls: ' .. (params.message or 'the compilation failed'), vim.log.levels.WARN) end
  end,
}

--- Opens a preview beside the current window: routes, policy, schema, openapi or changes.
function M.open(kind)
  local qbls = require('qbls')
  qbls.request('qbls/preview', { kind = kind }, function(preview)
    vim.cmd('vsplit')
    local buffer = buffer_of(preview.uri) or vim.api.nvim_create_buf(true, true)
    vim.b[buffer].qbls_uri = preview.uri
    -- Neovim takes a name for a path unless two slashes follow the scheme.
    pcall(vim.api.nvim_buf_set_name, buffer, (preview.uri:gsub('^qbls:/*', 'qbls://')))
    vim.api.nvim_win_set_buf(0, buffer)
    vim.bo[buffer].filetype = preview.languageId
    vim.bo[buffer].buftype, vim.bo[buffer].swapfile = 'nofile', false
    show(buffer, preview.text)
  end)
end

local function lines(text, filetype)
  vim.cmd('new')
  vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile, vim.bo.filetype = 'nofile', 'wipe', false, filetype
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, '\n', { plain = true }))
  vim.bo.modifiable = false
end

-- The matrix as text: a row a route, a column a role.
local function matrix(result)
  local mark = { yes = 'yes', no = '-', rows = 'some', ['function'] = 'code' }
  local out = { '| | ' .. table.concat(result.roles, ' | ') .. ' |', '|---' .. string.rep('|---', #result.roles) .. '|' }
  for _, resource in ipairs(result.resources) do
    for _, row in ipairs(resource.rows) do
      local cells = {}
      for _, cell in ipairs(row.cells) do cells[#cells + 1] = mark[cell.verdict] or cell.verdict end
      out[#out + 1] = '| ' .. resource.name .. ' ' .. row.name .. ' | ' .. table.concat(cells, ' | ') .. ' |'
    end
  end
  return table.concat(out, '\n')
end

--- Adds the commands.
function M.setup()
  local qbls = require('qbls')
  local command = vim.api.nvim_create_user_command
  command('QblsCompile', function() qbls.command('compile', nil, function(r) vim.notify('qbls: ' .. r.message) end) end, { desc = 'Compile the project' })
  command('QblsDiff', function() qbls.command('compileAndDiff', nil, function(r) lines(r.diff ~= '' and r.diff or r.message, 'diff') end) end, { desc = 'Compile, and show what changed' })
  command('QblsGenerated', function() qbls.command('generated', nil, function(r) if r and not r.shown then vim.cmd('edit ' .. vim.fn.fnameescape(vim.uri_to_fname(r.uri))) end end) end, { desc = 'Open the generated policy' })
  command('QblsPreview', function(a) M.open(a.args) end, { nargs = 1, complete = function() return { 'routes', 'policy', 'schema', 'openapi', 'changes', 'migration', 'policyChanges', 'report' } end, desc = 'Open a preview' })
  command('QblsWho', function() qbls.request('qbls/matrix', {}, function(r) lines(matrix(r), 'markdown') end) end, { desc = 'Show who can do what' })
  command('QblsExplain', function(a) qbls.command('explain', { code = a.args }, function(r) lines(r.markdown, 'markdown') end) end, { nargs = 1, desc = 'Explain a code' })
  command('QblsRestart', function() qbls.command('restart') end, { desc = 'Read the project again' })
end

return M
