-- Drives the plugin in a real Neovim, as a person would, and prints what became of each step as a line of JSON.
-- ROOT is a copy of the sample, SERVER the program, FOLDER that of the plugin.
local root, folder = vim.env.ROOT, vim.env.FOLDER
local patience = 20 * 60 * 1000 -- ms: more than the slowest machine takes for anything
vim.opt.runtimepath:prepend(folder)
vim.cmd('filetype on')
local function say(step, value) io.stdout:write(vim.fn.json_encode({ step = step, value = value }) .. '\n') end
local function file(path) return root .. '/quickback/features/' .. path end

local function main()
  require('qbls').setup({ path = vim.env.SERVER, trusted = true, compile_on_save = true })
  vim.cmd('edit ' .. file('applications/applications.ts'))
  local qbls = require('qbls')
  assert(vim.wait(patience, function() return qbls.client() ~= nil and qbls.client().initialized ~= false end, 20), 'the client does not start')
  local client = qbls.client()
  local function ask(method, params)
    local reply = assert(client.request_sync(method, params, patience, vim.api.nvim_get_current_buf()), method .. ': no answer')
    assert(not reply.err, method .. ': ' .. vim.inspect(reply.err))
    return reply.result
  end
  -- Puts the cursor on a text of the buffer, some characters into it.
  local function cursor(text, offset)
    for n, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
      local at = line:find(text, 1, true)
      if at then return vim.api.nvim_win_set_cursor(0, { n, at - 1 + (offset or 0) }) end
    end
    error('the buffer does not contain ' .. text)
  end
  local function here() return vim.lsp.util.make_position_params(0, 'utf-16') end
  local function messages()
    local out = {}
    for _, d in ipairs(vim.diagnostic.get(0)) do out[#out + 1] = tostring(d.code or (d.user_data and d.user_data.lsp and d.user_data.lsp.code)) .. ' ' .. d.message end
    table.sort(out)
    return out
  end

  -- Everything that was sent is answered; what was published is shown with the next turn of the loop.
  local function settled(shown)
    ask('qbls/settled', {})
    assert(vim.wait(patience, function() return shown(table.concat(messages(), '\n')) end, 10), 'it is not shown')
  end

  settled(function(all) return all:match('nots') end)
  say('diagnostics', messages())

  -- The quick fix of the planted mistake.
  cursor("'nots'", 2)
  local d = vim.diagnostic.get(0)[1]
  local range = { start = { line = d.lnum, character = d.col }, ['end'] = { line = d.end_lnum, character = d.end_col } }
  local actions = ask('textDocument/codeAction', { textDocument = here().textDocument, range = range, context = { diagnostics = { d.user_data and d.user_data.lsp or { range = range, message = d.message, code = d.code } } } })
  local fix
  for _, a in ipairs(actions) do if not fix and a.kind == 'quickfix' and a.isPreferred then fix = a end end
  fix = assert(fix or actions[1], 'no fix')
  if not fix.edit then fix = ask('codeAction/resolve', fix) end
  vim.lsp.util.apply_workspace_edit(fix.edit, client.offset_encoding or 'utf-16')
  settled(function(all) return not all:match('nots') end)
  say('fixed', { title = fix.title, diagnostics = messages() })

  -- A column in a half-typed list.
  cursor("updatable: ['notes'", 0)
  local row = vim.api.nvim_win_get_cursor(0)[1]
  vim.api.nvim_buf_set_lines(0, row - 1, row, false, { "    updatable: ['not" })
  vim.api.nvim_win_set_cursor(0, { row, #"    updatable: ['not" })
  local list = ask('textDocument/completion', here())
  local labels = {}
  for _, item in ipairs(list.items or list) do labels[#labels + 1] = item.label end
  say('completion', labels)
  vim.api.nvim_buf_set_lines(0, row - 1, row, false, { "    updatable: ['notes', 'referredById']," })

  cursor("rejectionReason: text", 3)
  say('hover', ask('textDocument/hover', here()).contents.value)

  cursor('job_candidate', 0) -- somewhere else first
  cursor('references(() => candidates.id', 20)
  vim.lsp.buf.definition()
  assert(vim.wait(patience, function() return vim.api.nvim_buf_get_name(0):match('candidates%.ts$') ~= nil end, 20), 'the jump leads nowhere')
  say('jump', { vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ':t'), vim.api.nvim_get_current_line() })

  -- A column renamed across files.
  vim.cmd('edit ' .. file('applications/applications.ts'))
  cursor("rejectionReason: text", 3)
  local edit = ask('textDocument/rename', vim.tbl_extend('force', here(), { newName = 'reasonToReject' }))
  vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding or 'utf-16')
  vim.cmd('silent wall')
  settled(function(all) return not all:match('rejectionReason') end)
  say('renamed', { actions = table.concat(vim.fn.readfile(file('applications/actions.ts')), '\n'):match('reasonToReject') ~= nil, diagnostics = messages() })

  -- Saving has compiled.
  assert(vim.wait(patience, function() return vim.g.qbls_status == 'upToDate' end, 20), 'the output is ' .. tostring(vim.g.qbls_status))
  say('compiled', vim.fn.readfile(root .. '/backend/src/features/applications/applications.resource.ts'))

  -- An action renamed: its handler's file with it.
  vim.cmd('edit ' .. file('applications/actions.ts'))
  cursor("'pipeline-report': {", 2)
  vim.lsp.util.apply_workspace_edit(ask('textDocument/rename', vim.tbl_extend('force', here(), { newName = 'funnel' })), client.offset_encoding or 'utf-16')
  vim.cmd('silent wall')
  settled(function(all) return not all:match('pipeline%-report') end)
  say('moved', { files = vim.fn.map(vim.fn.glob(file('applications/handlers/*'), false, true), 'fnamemodify(v:val, ":t")'), diagnostics = messages(),
    names = table.concat(vim.fn.readfile(file('applications/actions.ts')), '\n'):match('handler: [^,]*') })

  -- What the plugin adds.
  vim.cmd('QblsPreview policy')
  assert(vim.wait(patience, function() return vim.api.nvim_buf_get_name(0):match('^qbls:') ~= nil end, 20), 'no preview')
  say('preview', vim.api.nvim_buf_get_lines(0, 0, 6, false))
  vim.cmd('wincmd p')
  vim.cmd('QblsWho')
  assert(vim.wait(patience, function() return vim.bo.filetype == 'markdown' and vim.bo.buftype == 'nofile' and vim.api.nvim_buf_get_lines(0, 0, 1, false)[1]:match('owner') ~= nil end, 20), 'no matrix')
  say('matrix', vim.api.nvim_buf_get_lines(0, 2, 4, false))
  vim.cmd('checkhealth qbls')
  say('health', vim.api.nvim_buf_get_lines(0, 0, -1, false))

  -- The server may still be writing the documents about the last save: the project is nobody's to remove before it has ended.
  client.stop()
  assert(vim.wait(patience, client.is_stopped, 20), 'the server does not end')
end

local ok, err = xpcall(main, debug.traceback)
if not ok then say('failed', tostring(err)) end
vim.cmd('qa!')
