// Builds a VSIX for each platform, with the language server inside: `npm run package`, or `npm run package -- linux-x64 …` for some.
// Go cross-compiles, so every package can be made on any machine. Nothing is fetched but what `npm ci` and Go's module cache hold.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const platforms = {
  'linux-x64': { GOOS: 'linux', GOARCH: 'amd64' },
  'linux-arm64': { GOOS: 'linux', GOARCH: 'arm64' },
  'darwin-x64': { GOOS: 'darwin', GOARCH: 'amd64' },
  'darwin-arm64': { GOOS: 'darwin', GOARCH: 'arm64' },
  'win32-x64': { GOOS: 'windows', GOARCH: 'amd64' },
};

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const repository = join(folder, '..', '..');
const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(platforms);
const unknown = wanted.filter((target) => !(target in platforms));
if (unknown.length > 0) {
  console.error(`There is no platform ${unknown.join(', ')}. Known: ${Object.keys(platforms).join(', ')}`);
  process.exit(2);
}

const run = (program, args, options) => execFileSync(program, args, { cwd: folder, stdio: 'inherit', ...options });
const local = (program) => join(folder, 'node_modules', program);

run(process.execPath, [local('typescript/bin/tsc'), '--noEmit']);
run(process.execPath, ['esbuild.mjs']);
copyFileSync(join(repository, 'LICENSE'), join(folder, 'LICENSE'));

for (const target of wanted) {
  const bin = join(folder, 'bin');
  rmSync(bin, { recursive: true, force: true }); // one package never holds the binary of another
  mkdirSync(bin);
  const binary = join(bin, target.startsWith('win32') ? 'qbls.exe' : 'qbls');
  run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', binary, './cmd/qbls'], {
    cwd: repository,
    env: { ...process.env, ...platforms[target], CGO_ENABLED: '0' },
  });
  run(process.execPath, [local('@vscode/vsce/vsce'), 'package', '--target', target, '--no-dependencies', '--out', join('dist', `${name}-${target}-${version}.vsix`)]);
}
