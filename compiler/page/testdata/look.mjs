// Opens a page in Chromium and says what a person and an assistive tool would meet: look.mjs <page.html> [<folder for screenshots> <name>]
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [page, workspace, folder, name] = process.argv.slice(2);
const require = createRequire(`${workspace}/package.json`);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const patience = 20 * 60_000; // more than the slowest machine takes for anything
const browser = await chromium.launch({ timeout: patience, executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
const out = { console: [], requests: [], violations: [] };
try {
  for (const colorScheme of ['light', 'dark']) {
    const tab = await browser.newPage({ colorScheme, viewport: { width: 1320, height: 900 }, bypassCSP: true });
    tab.setDefaultTimeout(patience);
    tab.on('console', (message) => { if (message.type() !== 'log') out.console.push(message.text()); });
    tab.on('pageerror', (error) => out.console.push(String(error)));
    tab.on('request', (request) => out.requests.push(request.url()));
    await tab.goto(pathToFileURL(page).href);
    if (folder) await tab.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
    await tab.evaluate(axe);
    const { violations } = await tab.evaluate(() => axe.run(document));
    for (const v of violations) out.violations.push(`${colorScheme} ${v.id}: ${v.help} (${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join('; ')})`);
    if (colorScheme === 'dark') continue;
    // By the keyboard alone: the first mark of the matrix, then one to the right and one down.
    await tab.locator('table.matrix td[data-say]').first().focus();
    out.first = await tab.locator('#detail').textContent();
    await tab.keyboard.press('ArrowRight');
    await tab.keyboard.press('ArrowDown');
    out.moved = await tab.locator('#detail').textContent();
    out.focused = await tab.evaluate(() => document.activeElement.dataset.say);
    await tab.locator('#search').fill('salaryMin');
    out.found = await tab.locator('#found').textContent();
    out.shown = await tab.locator('section.resource:not([hidden])').count();
    out.sections = await tab.locator('section.resource').count();
    await tab.locator('#search').fill('');
    if (folder) {
      await tab.locator('#contracts').screenshot({ path: `${folder}/${name}-contracts.png` });
      await tab.locator('section.resource').nth(1).screenshot({ path: `${folder}/${name}-resource.png` });
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(out));
