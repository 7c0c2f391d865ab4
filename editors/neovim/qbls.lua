-- Starts qbls for the TypeScript files of a Quickback project. Neovim 0.7 and later.
local function root_of(file)
  local config = vim.fn.findfile('quickback/quickback.config.ts', vim.fn.fnamemodify(file, ':p:h') .. ';')
  if config ~= '' then return vim.fn.fnamemodify(config, ':p:h:h') end
  config = vim.fn.findfile('quickback.config.ts', vim.fn.fnamemodify(file, ':p:h') .. ';')
  if config ~= '' then return vim.fn.fnamemodify(config, ':p:h') end
end

local clients = {} -- for 0.7, which does not look for a running client itself

vim.api.nvim_create_autocmd('FileType', {
  pattern = 'typescript',
  callback = function(event)
    local root = root_of(event.file)
    if not root then return end
    local config = {
      name = 'qbls',
      cmd = { vim.g.qbls_path or 'qbls', 'lsp' },
      root_dir = root,
      init_options = { trusted = vim.g.qbls_trusted == true, compileOnSave = vim.g.qbls_compile_on_save == true },
    }
    if vim.lsp.start then return vim.lsp.start(config, { bufnr = event.buf }) end
    config.on_exit = function() clients[root] = nil end
    clients[root] = clients[root] or vim.lsp.start_client(config)
    if clients[root] then vim.lsp.buf_attach_client(event.buf, clients[root]) end
  end,
})
