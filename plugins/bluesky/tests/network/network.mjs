// A Bluesky network on this machine: PLC (who is who), PDS (the accounts' server) and AppView (what they see).
//
// Its options come as JSON in the first argument:
//
//   modules     the folder that holds node_modules
//   postgres    {command: [...], uid, gid, url}: the database server that the AppView keeps its index in
//   jwtSecret   what the PDS signs its sessions with
//   rateLimits  whether the PDS counts what it is asked
//   folder      what all of it is kept in, and removed with
//
// It prints one line of JSON once everything listens, then stays until its input is closed; whatever it started ends
// with it. The AppView reads what the PDS emits, so that a post is seen there a moment after it was written.

import { spawn } from "node:child_process";
import dns from "node:dns";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

const options = JSON.parse(process.argv[2]);
const here = "127.0.0.1";

// The servers say only at which port they listen: without this, all the world could reach them.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  return typeof port === "number" ? listen.call(this, { port, host: here }, ...rest) : listen.call(this, port, ...rest);
};

// Only this machine's name is found, so that nothing leaves it: the servers also ask for names of the world.
dns.lookup = (name, asked, answer = asked) => {
  const error = name === "localhost" || name === here ? null : Object.assign(new Error(name), { code: "ENOTFOUND" });
  process.nextTick(() => (asked?.all ? answer(error, error ? [] : [{ address: here, family: 4 }]) : answer(error, here, 4)));
};
dns.setServers([`${here}:9`]);
dns.promises.setServers([`${here}:9`]);

const { TestBsky, TestPds, TestPlc, mockNetworkUtilities } = createRequire(join(options.modules, "package.json"))(
  "@atproto/dev-env",
);

let postgres = null;
let isEnding = false;

async function end(status) {
  isEnding = true;
  if (postgres && postgres.exitCode === null && postgres.signalCode === null) {
    postgres.kill("SIGINT"); // ends it at once, and in order
    await once(postgres, "exit");
  }
  if (status === 0) rmSync(options.folder, { recursive: true, force: true }); // also where who started it was killed
  process.exit(status);
}

process.stdin.resume();
process.stdin.on("end", () => end(0));
process.on("SIGTERM", () => end(0));

async function startPostgres({ command, uid, gid }) {
  const [program, ...rest] = command;
  postgres = spawn(program, rest, { uid, gid, stdio: ["ignore", "ignore", "pipe"] });
  postgres.on("exit", () => isEnding || process.exit(1));
  for await (const line of createInterface({ input: postgres.stderr })) {
    console.error(line);
    if (line.includes("ready to accept connections")) break;
  }
  postgres.stderr.resume();
}

async function freePort() {
  const server = net.createServer();
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function startNetwork() {
  const plc = await TestPlc.create({});
  const pdsPort = await freePort(); // the AppView and the PDS each have to be told of the other one
  const bsky = await TestBsky.create({
    plcUrl: plc.url,
    pdsPort,
    repoProvider: `ws://localhost:${pdsPort}`,
    dbPostgresUrl: options.postgres.url,
    dbPostgresSchema: "appview",
  });
  const pds = await TestPds.create({
    port: pdsPort,
    didPlcUrl: plc.url,
    bskyAppViewUrl: bsky.url,
    bskyAppViewDid: bsky.ctx.cfg.serverDid,
    jwtSecret: options.jwtSecret,
    rateLimitsEnabled: options.rateLimits,
  });
  mockNetworkUtilities(pds, bsky); // handles under .test are asked of this PDS
  return { plc: plc.url, pds: pds.url, appview: bsky.url, postgres: postgres.pid };
}

try {
  await startPostgres(options.postgres);
  console.log(JSON.stringify(await startNetwork()));
} catch (error) {
  console.error(error);
  await end(1);
}
