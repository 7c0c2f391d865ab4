import { join } from 'node:path';
import { chromium } from '../../../testdata/runtime/node_modules/playwright-core/index.mjs';

const patience = Number(process.env.PATIENCE ?? 120_000); // slow machines; every wait ends as soon as what it waits for is there

/** Opens a folder in VS Code in Chromium. */
export async function open(address, folder, pictures) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  const page = await browser.newPage({ viewport: { width: 1360, height: 800 }, colorScheme: 'dark' });
  page.setDefaultTimeout(patience);
  await page.goto(`${address}/?folder=${encodeURIComponent(folder)}`);
  await page.locator('.monaco-workbench').waitFor();
  return { browser, editor: new Editor(page, pictures) };
}

/** VS Code, as the hands and eyes of somebody who uses it. */
export class Editor {
  constructor(page, pictures) {
    this.page = page;
    this.pictures = pictures;
  }

  /** Waits until something holds. */
  async wait(holds, what) {
    const until = Date.now() + patience;
    while (!(await holds())) {
      if (Date.now() > until) throw new Error(`waited in vain for ${what}`);
      await this.page.waitForTimeout(100);
    }
  }

  async picture(name) {
    await this.page.screenshot({ path: join(this.pictures, `${name}.png`) });
  }

  async distrust() {
    await this.page.locator('.monaco-dialog-box').waitFor();
    await this.page.locator('.monaco-dialog-box .monaco-button', { hasText: "No, I don't trust" }).click();
    await this.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  }

  async trust() {
    await this.command('Workspaces: Manage Workspace Trust');
    await this.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).first().click();
    await this.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
  }

  /** Runs a command by its title. */
  async command(title) {
    await this.page.keyboard.press('F1');
    await this.take(`>${title}`, title);
  }

  /** Opens a file by its path in the workspace. */
  async openFile(path) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    await this.page.keyboard.press('Control+P');
    await this.take(path, name);
    await this.page.locator('.editor-group-container.active .tab.active', { hasText: name }).waitFor();
    await this.page.locator('.editor-group-container.active .editor-instance .view-line').first().waitFor();
  }

  // Types into the box on top, and takes the line that begins with a text once it is the one that Enter takes.
  async take(typed, label) {
    const box = this.page.locator('.quick-input-widget input[type="text"]');
    await box.waitFor();
    await box.fill(typed);
    const begins = new RegExp(`^\\s*${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: begins }).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Goes to a text in a line. */
  async goto(line, text) {
    const column = (await this.toLine(line)).indexOf(text) + 1;
    if (column === 0) throw new Error(`line ${line} has no ${text}`);
    await this.jump(`:${line}:${column}`, line);
  }

  /** Goes to a line and returns its text: VS Code draws only those that can be seen. */
  async toLine(line) {
    await this.jump(`:${line}`, line);
    return this.page.evaluate((wanted) => {
      const editor = document.querySelector('.editor-group-container.active .monaco-editor') ?? document.querySelector('.monaco-editor');
      const top = [...editor.querySelectorAll('.margin-view-overlays > div')].find((d) => d.textContent.trim() === String(wanted))?.style.top;
      const shown = [...editor.querySelectorAll('.view-lines > .view-line')].find((d) => d.style.top === top);
      return shown?.textContent.replaceAll('\u00a0', ' ') ?? '';
    }, line);
  }

  async jump(to, line) {
    await this.page.keyboard.press('Control+G');
    const box = this.page.locator('.quick-input-widget input[type="text"]');
    await box.waitFor();
    await box.fill(to);
    await this.page.keyboard.press('Enter');
    await this.cursorAt(line);
  }

  async cursorAt(line) {
    await this.page.locator('.statusbar-item', { hasText: new RegExp(`Ln ${line}, Col`) }).waitFor();
  }

  async firstGroup() {
    await this.command('View: Focus First Editor Group');
  }

  async atEnd(text) {
    await this.page.locator('.editor-group-container.active .view-lines').click();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.insertText(text);
  }

  async undo(until) {
    await this.wait(async () => {
      if (until.test(await this.lines())) return true;
      await this.page.keyboard.press('Control+Z');
      return false;
    }, `${until} after undoing`);
  }

  async shows(pattern) {
    await this.wait(async () => pattern.test(await this.lines()), `${pattern} in an editor`);
  }

  // What can be seen of the editors, line by line.
  lines() {
    return this.page.evaluate(() => [...document.querySelectorAll('.editor-instance .view-line')].map((d) => d.textContent.replaceAll('\u00a0', ' ')).join('\n'));
  }

  async problems() {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) {
      await this.command('Problems: Focus on Problems View');
      await panel.waitFor();
    }
    return (await panel.locator('.monaco-list-row').allInnerTexts()).join('\n');
  }

  async problem(pattern) {
    await this.wait(() => this.hasProblem(pattern), `the finding ${pattern}`);
  }

  async noProblem(pattern) {
    await this.wait(async () => !(await this.hasProblem(pattern)), `the end of the finding ${pattern}`);
  }

  async hasProblem(pattern) {
    return pattern.test(await this.problems());
  }

  /** The findings of one file, as the view lists them below its name. */
  async problemsOf(name) {
    const rows = (await this.problems()).split('\n');
    const from = rows.findIndex((row) => row.startsWith(name));
    const to = rows.findIndex((row, i) => i > from && /^[\w-]+\.ts$/.test(row));
    return from < 0 ? '' : rows.slice(from, to < 0 ? undefined : to).join('\n');
  }

  async closeEditors() {
    await this.command('View: Close All Editors');
    await this.page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
  }

  async lens(pattern) {
    await this.page.locator('.codelens-decoration', { hasText: pattern }).first().waitFor();
  }

  async resources() {
    await this.command('View: Show Quickback');
    await this.page.locator('.sidebar .composite.title', { hasText: 'Resources' }).waitFor();
  }

  async line(pattern) {
    await this.page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: pattern }).first().waitFor();
  }

  async hidePanel() {
    await this.command('View: Hide Panel');
    await this.page.locator('.markers-panel').waitFor({ state: 'hidden' });
  }

  webview() {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  async preview(kind) {
    await this.command('qbls: Open Preview');
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: 'OpenAPI' }).waitFor();
    await this.take(kind, kind);
  }

  async quickFix(pattern) {
    await this.page.keyboard.press('Control+.');
    const row = this.page.locator('.action-widget .monaco-list-row', { hasText: pattern }).first();
    await row.waitFor();
    await row.click();
  }

  async suggestion(pattern) {
    const row = this.page.locator('.suggest-widget .monaco-list-row .label-name');
    await this.wait(async () => (await row.allInnerTexts()).some((text) => pattern.test(text.replaceAll(/['"]/g, ''))), `the suggestion ${pattern}`);
  }

  /** Shows the hover of what the cursor is on. */
  async hover(pattern) {
    await this.command('Show or Focus Hover');
    const shown = this.page.locator('.monaco-hover .hover-contents');
    await this.wait(async () => pattern.test((await shown.allInnerTexts()).join('\n')), `hover with ${pattern}`);
  }

  async statusSays(pattern) {
    await this.page.locator('.statusbar-item', { hasText: 'qbls:' }).filter({ hasText: pattern }).first().waitFor();
  }
}
