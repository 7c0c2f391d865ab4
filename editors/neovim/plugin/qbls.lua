-- With g:qbls set, a table of options or {}, the plugin starts by itself; else call require('qbls').setup().
if vim.g.qbls then require('qbls').setup(vim.g.qbls) end
