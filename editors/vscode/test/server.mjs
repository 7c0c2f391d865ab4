import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

// What would be in the way of pictures, or would ask the network.
const settings = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'files.autoSave': 'off', // on in the browser otherwise: a save is what is tested
  'git.enabled': false,
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'always',
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'window.autoDetectColorScheme': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** code-server with folders of its own below `scratch`. */
export async function startServer(node, codeServer, scratch) {
  const data = join(scratch, 'data');
  const extensions = join(scratch, 'extensions');
  mkdirSync(join(data, 'User'), { recursive: true });
  writeFileSync(join(data, 'User/settings.json'), JSON.stringify(settings, null, 2));
  const config = join(scratch, 'config.yaml');
  writeFileSync(config, '');
  const shared = [codeServer, '--config', config, '--user-data-dir', data, '--extensions-dir', extensions];
  const env = { ...process.env, HOME: scratch, XDG_CONFIG_HOME: join(scratch, 'xdg'), XDG_DATA_HOME: join(scratch, 'xdg') };
  const log = join(scratch, 'code-server.log');
  let child;
  const server = {
    log,
    address: '',
    /** Installs a package. */
    install(vsix) {
      const made = spawnSync(node, [...shared, '--install-extension', vsix], { env, encoding: 'utf8' });
      if (made.status !== 0 || !/successfully installed/.test(made.stdout)) throw new Error(`installing ${vsix}: ${made.stdout}${made.stderr}`);
    },
    /** Starts it on a free port of the loopback, and waits until it answers. */
    async listen() {
      const port = await freePort();
      server.address = `http://127.0.0.1:${port}`;
      const out = openSync(log, 'w');
      const flags = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
      child = spawn(node, [...shared, ...flags], { env, detached: true, stdio: ['ignore', out, out] });
      closeSync(out);
      const until = Date.now() + 120_000;
      for (;;) {
        if (child.exitCode !== null) throw new Error(`code-server ended with ${child.exitCode}: see ${log}`);
        const up = await fetch(`${server.address}/healthz`).then((r) => r.ok, () => false);
        if (up) return;
        if (Date.now() > until) throw new Error(`code-server does not answer: see ${log}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    /** Ends it, and what it has started. */
    end() {
      if (child === undefined || child.exitCode !== null) return;
      process.kill(-child.pid, 'SIGTERM');
    },
  };
  return server;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
