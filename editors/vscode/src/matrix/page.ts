import { escape, legend } from './html';

/** Where the page finds its files, and what it is allowed. */
export interface PageFiles {
  style: string;
  script: string;
  /** Source of the files in the terms of a Content-Security-Policy. */
  source: string;
  nonce: string;
}

/**
 * The page around the matrix. Its policy allows the extension's own style sheet and one script, nothing else: no network, no pictures,
 * no inline code.
 */
export function page(files: PageFiles): string {
  const policy = `default-src 'none'; style-src ${files.source}; script-src 'nonce-${files.nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escape(files.style)}">
<title>Who can</title>
</head>
<body>
<header>
<input id="filter" type="search" placeholder="Filter by resource, operation or role" aria-label="Filter by resource, operation or role">
<div class="legend">${legend}</div>
</header>
<main id="matrix"></main>
<footer id="why" aria-live="polite"><strong></strong><pre></pre></footer>
<script nonce="${escape(files.nonce)}" src="${escape(files.script)}"></script>
</body>
</html>`;
}
