// Against a running system: IPO_HOME is its home, PHOTOS a folder of labelled images that the system cannot see.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { Ipo, IpoError, type Dataset, type EvaluateTemplatesRequest, type Run } from "../src/index.js";

const endpoints = JSON.parse(readFileSync(path.join(process.env.IPO_HOME!, "endpoints.json"), "utf8")).services;
const photos = process.env.PHOTOS!;
const runId = `node-${process.pid}`;
const ipo = new Ipo(endpoints.orchestrator.grpc);
const states: Run[] = [];
let dataset: Dataset, run: Run;

before(async () => {
  dataset = await ipo.upload(photos, { name: "node" });
  run = await ipo.optimize({ dataset: "node", steps: 3, shots: 2, seed: "1" }, { runId, labels: { client: "node" }, displayName: "Node", onProgress: (state) => states.push(state) });
});

after(() => ipo.close());

test("an upload sends everything once", async () => {
  const again: number[] = [];
  const same = await ipo.upload(photos, { name: "node", onProgress: (sent) => again.push(sent) });
  assert.deepEqual(again, []);
  assert.equal(same.digest, dataset.digest);
});

test("an upload that broke off goes on where it stood", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ipo-"));
  try {
    cpSync(photos, folder, { recursive: true });
    const note = path.join(folder, "note.txt"); // new to the server, and of several chunks
    writeFileSync(note, randomBytes(6 << 20));
    const size = statSync(note).size;
    const lacking = () => new Promise<any>((yes, no) => ipo.uploads.findMissingFiles(
      { sha256: [createHash("sha256").update(readFileSync(note)).digest("hex")] }, (error: Error, answer: any) => error ? no(error) : yes(answer.files)));
    class Half extends Error {}
    await assert.rejects(ipo.upload(folder, { name: "node-2", onProgress: (sent, total) => { if (sent > total / 2) throw new Half(); } }), Half);
    let before = -1, received = 0;
    // What the server has of it grows for a moment after its client is gone.
    for (let looks = 0; looks < 60 && (received === 0 || before !== received); looks++, await setTimeout(500))
      [before, received] = [received, Number((await lacking())[0].receivedBytes)];
    const sent: [number, number][] = [];
    const whole = await ipo.upload(folder, { name: "node-2", onProgress: (done, total) => sent.push([done, total]) });
    assert.deepEqual(await lacking(), []);
    const manifest = sent[0]![1] - (size - received); // what is sent besides the rest of the file
    console.log(`${size} bytes; ${received} there when it broke off; ${sent.at(-1)![0]} sent then, ${manifest} of them the manifest`);
    assert.ok(received > 0 && received < size);
    assert.ok(manifest > 0 && manifest < 100_000);
    assert.equal(whole.digest, dataset.digest);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an upload goes on by itself when the connection is lost", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ipo-"));
  const to = new URL(endpoints.orchestrator.grpc);
  let left = 2 << 20; // bytes until the first connection is cut
  const proxy = createServer((client) => {
    const server = connect(Number(to.port), to.hostname);
    client.on("error", () => server.destroy()).on("close", () => server.destroy());
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    server.pipe(client);
    client.pipe(server);
    client.on("data", (content) => { if (left > 0 && (left -= content.length) <= 0) client.destroy(); });
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const cut = new Ipo(`127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  try {
    cpSync(photos, folder, { recursive: true });
    writeFileSync(path.join(folder, "note.txt"), randomBytes(6 << 20));
    const totals = new Set<number>();
    const whole = await cut.upload(folder, { name: "node-3", onProgress: (_, total) => totals.add(total) });
    const [before, after, ...more] = [...totals];
    console.log(`to send, before and after the connection was cut: ${[...totals]}`);
    assert.ok(before! > after! && after! < 6 << 20);
    assert.deepEqual(more, []);
    assert.equal(whole.digest, dataset.digest);
  } finally {
    cut.close();
    proxy.close();
    rmSync(folder, { recursive: true });
  }
});

test("a run is watched and reported", async () => {
  assert.equal(run.stepsCompleted, 3);
  assert.deepEqual([run.labels, run.displayName], [{ client: "node" }, "Node"]);
  assert.ok(states.length > 1);
  assert.match((await ipo.report(runId)).markdown, /# node/);
  const basic = await ipo.report(runId, "REPORT_VIEW_BASIC");
  assert.deepEqual([basic.markdown, basic.report!.trajectory], ["", []]);
});

test("bytes are classified and weights exported", async () => {
  const images = readdirSync(photos, { recursive: true, encoding: "utf8" }).filter((name) => /\.(png|jpe?g)$/.test(name)).slice(0, 5);
  const answers = await ipo.classify(runId, images.map((name) => readFileSync(path.join(photos, name))), { topK: 2 });
  assert.deepEqual(answers.map((answer) => answer.classes.length), images.map(() => 2));
  const files = await ipo.export(runId, "EXPORT_FORMAT_NPY");
  assert.deepEqual([...files.keys()], ["", ".classes.json"]);
  assert.equal(files.get("")!.subarray(1, 6).toString(), "NUMPY");
  assert.ok(JSON.parse(files.get(".classes.json")!.toString()).includes(answers[0]!.classes[0]!.className));
});

test("an evaluation is asked again by its id", async () => {
  const evaluation: EvaluateTemplatesRequest = {
    dataset: "node", promptSets: [{ templates: ["a photo of a <CLASS>."] }], split: "SPLIT_VALIDATION", classes: "EVALUATED_CLASSES_ALL",
  };
  const scores = await ipo.evaluate(evaluation, { operationId: runId });
  assert.ok(scores.results[0]!.score!.images > 0);
  assert.deepEqual(await ipo.evaluate(evaluation, { operationId: runId }), scores);
  await assert.rejects(ipo.evaluate({ ...evaluation, split: "SPLIT_TRAIN" }, { operationId: runId }), { reason: "ALREADY_EXISTS" });
  await assert.rejects(ipo.evaluate({ ...evaluation, dataset: "gone" }), (error: IpoError) => {
    assert.deepEqual([error.code, error.reason, error.metadata], [grpc.status.NOT_FOUND, "DATASET_NOT_FOUND", { dataset: "gone" }]);
    return true;
  });
});

test("what is refused says why", async () => {
  await assert.rejects(ipo.optimize({ dataset: "node", steps: -3 }), (error: IpoError) => {
    assert.equal(error.code, grpc.status.INVALID_ARGUMENT);
    assert.deepEqual([error.reason, error.field], ["INVALID_FIELD", "settings.steps"]);
    return true;
  });
  await assert.rejects(ipo.report("gone"), { reason: "RUN_NOT_FOUND" });
  await assert.rejects(ipo.optimize({ dataset: "node", shot: 3 } as object), /settings\.shot is no field/);
});

test("an image comes back by its digest", async () => {
  const { images } = await new Promise<any>((yes, no) => ipo.datasets.listImages({ name: "node", pageSize: 1 }, (error: Error, answer: any) => error ? no(error) : yes(answer)));
  const body = await new Promise<any>((yes, no) => ipo.datasets.getImage({ name: "node", sha256: images[0].sha256 }, (error: Error, answer: any) => error ? no(error) : yes(answer)));
  assert.equal(createHash("sha256").update(body.data).digest("hex"), images[0].sha256);
  assert.match(body.contentType, /^image\//);
});
