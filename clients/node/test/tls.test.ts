// TLS, without a running system: a bare server of gRPC's answers UNIMPLEMENTED to whatever call arrives.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { Ipo } from "../src/index.js";

const folder = mkdtempSync(path.join(tmpdir(), "ipo-"));
const server = new grpc.Server();
let address: string;

before(async () => {
  const certificates = fileURLToPath(new URL("../../../../deploy/certificates.sh", import.meta.url));
  for (const authority of ["own", "other"]) execFileSync(certificates, ["--out", path.join(folder, authority), "orchestrator"]);
  const read = (name: string) => readFileSync(path.join(folder, "own", "orchestrator", name));
  const credentials = grpc.ServerCredentials.createSsl(null, [{ private_key: read("tls.key"), cert_chain: read("tls.crt") }]);
  const port = await new Promise<number>((yes, no) => server.bindAsync("127.0.0.1:0", credentials, (error, port) => error ? no(error) : yes(port)));
  address = `https://localhost:${port}`;
});

after(() => {
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

async function answer(authority: string): Promise<grpc.status> {
  process.env.IPO_TLS_AUTHORITY = path.join(folder, authority, "ca.crt");
  const ipo = new Ipo(address, undefined, "ipo_a");
  delete process.env.IPO_TLS_AUTHORITY;
  try {
    return await new Promise((yes) => ipo.system.getSystem({}, { deadline: Date.now() + 5000 }, (error: grpc.ServiceError) => yes(error.code)));
  } finally {
    ipo.close();
  }
}

test("a server of the authority that is named is called", async () => assert.equal(await answer("own"), grpc.status.UNIMPLEMENTED));

test("one of another authority is not", async () =>
  assert.ok([grpc.status.UNAVAILABLE, grpc.status.DEADLINE_EXCEEDED].includes(await answer("other"))));

test("a key goes without TLS to this machine alone", () => {
  for (const far of ["orchestrator:8081", "http://10.0.0.5:8081"]) assert.throws(() => new Ipo(far, undefined, "ipo_a"), /The key is not sent to/);
  for (const near of ["localhost:8081", "http://127.0.0.1:8081"]) new Ipo(near, undefined, "ipo_a").close();
});
