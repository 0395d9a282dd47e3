// An agent's way through a run, with the Model Context Protocol's own client. IPO_HOME is a running system's home, PHOTOS a folder of
// labelled images.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Ipo } from "../src/index.js";

const { orchestrator } = JSON.parse(readFileSync(path.join(process.env.IPO_HOME!, "endpoints.json"), "utf8")).services;
const agent = new Client({ name: "agent-test", version: "1.0.0" });
const runId = `agent-${process.pid}`;

before(async () => {
  const ipo = new Ipo(orchestrator.grpc);
  await ipo.upload(process.env.PHOTOS!, { name: "node" });
  ipo.close();
  await agent.connect(new StreamableHTTPClientTransport(new URL("/mcp", orchestrator.http)));
});

after(() => agent.close());

async function call(name: string, args: Record<string, unknown>): Promise<string> {
  const result = await agent.callTool({ name, arguments: args });
  const text = (result.content as { text: string }[])[0]!.text;
  assert.ok(!result.isError, text);
  return text;
}

test("an agent is warned of a budget too small, starts a run and reports the verdict", async () => {
  const { tools } = await agent.listTools();
  assert.ok(tools.some((tool) => tool.name === "start_run" && /too few steps/.test(tool.description ?? "")));

  const settings = { dataset: "node", steps: 2, shots: 2 };
  const [warning] = JSON.parse(await call("estimate_run", settings)).warnings;
  assert.match(warning, /too few/);
  console.log(`warned: ${warning}`);

  await call("start_run", { ...settings, runId });
  let state = "";
  while (!["RUN_STATE_COMPLETED", "RUN_STATE_FAILED", "RUN_STATE_CANCELLED"].includes(state))
    state = JSON.parse(await call("wait_for_run", { runId, seconds: 20 })).state;
  assert.equal(state, "RUN_STATE_COMPLETED");
  const verdict = await call("get_verdict", { runId });
  assert.match(verdict, /# node/);
  console.log(`verdict: ${verdict.split("\n")[0]}`);
});
