/**
 * A client for Ipo: bring labelled images, search for a better CLIP prompt, and use it.
 *
 * ```ts
 * const ipo = new Ipo("localhost:8081");
 * await ipo.upload("photos/flowers", { name: "flowers" });
 * const run = await ipo.optimize({ dataset: "flowers", steps: 50 }, { onProgress: (run) => console.log(run.activity) });
 * console.log((await ipo.report(run.runId)).markdown);
 * ```
 *
 * Messages are the contract's own (ipo.v1), whose comments are the manual: 64-bit integers are strings, enumerations their
 * names. Calls that change nothing when they are sent twice are sent again while the server cannot be reached; others are
 * not. What the server refuses rejects with IpoError. A member that a request does not have is refused here: protobuf.js
 * would drop it, and a misspelled setting would start a run with its default.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";
import type { Classification__Output as Classification } from "../generated/ipo/v1/Classification.js";
import type { Dataset__Output as Dataset } from "../generated/ipo/v1/Dataset.js";
import type { EvaluateTemplatesRequest } from "../generated/ipo/v1/EvaluateTemplatesRequest.js";
import type { EvaluateTemplatesResponse__Output as EvaluateTemplatesResponse } from "../generated/ipo/v1/EvaluateTemplatesResponse.js";
import type { ExportFormat } from "../generated/ipo/v1/ExportFormat.js";
import type { ExportRunResponse__Output as ExportRunResponse } from "../generated/ipo/v1/ExportRunResponse.js";
import type { FindMissingFilesResponse__Output as FindMissingFilesResponse } from "../generated/ipo/v1/FindMissingFilesResponse.js";
import type { GetRunReportResponse__Output as GetRunReportResponse } from "../generated/ipo/v1/GetRunReportResponse.js";
import type { MissingFile__Output as MissingFile } from "../generated/ipo/v1/MissingFile.js";
import type { Operation__Output as Operation } from "../generated/ipo/v1/Operation.js";
import type { RegisterDatasetRequest } from "../generated/ipo/v1/RegisterDatasetRequest.js";
import type { Run__Output as Run } from "../generated/ipo/v1/Run.js";
import type { RunSettings } from "../generated/ipo/v1/RunSettings.js";
import type { UploadFilesRequest } from "../generated/ipo/v1/UploadFilesRequest.js";

export type {
  Classification, Dataset, EvaluateTemplatesRequest, EvaluateTemplatesResponse, ExportFormat, GetRunReportResponse, Operation, Run, RunSettings,
};

const ASK_AT_ONCE = 50_000; // the contract takes 100,000 digests in a request
const IMAGES_AT_ONCE = 64; // the contract's limit
const CHUNK = 256 * 1024;

const PROTOS = [
  "ipo/v1/system.proto", "ipo/v1/datasets.proto", "ipo/v1/uploads.proto", "ipo/v1/runs.proto", "ipo/v1/reports.proto",
  "ipo/v1/serving.proto", "ipo/v1/evaluation.proto", "ipo/v1/operations.proto", "google/rpc/error_details.proto", "google/rpc/status.proto",
];
const definition = loadSync(PROTOS, {
  includeDirs: [fileURLToPath(new URL("../../protos", import.meta.url))],
  longs: String, enums: String, defaults: true, oneofs: true,
});
const contract = grpc.loadPackageDefinition(definition) as any;

/** Files to send, by their SHA-256. */
type Sources = Map<string, { size: number; read: (from: number) => AsyncIterable<Buffer> }>;

/** What the server refuses. */
export class IpoError extends Error {
  /** The gRPC status code. */
  readonly code: grpc.status;
  /** What happened, for programs, for instance INVALID_FIELD; never renamed. */
  readonly reason?: string;
  /** What it is about, by name. */
  readonly metadata: Record<string, string> = {};
  /** Path of the field that is wrong. */
  readonly field?: string;
  /** Seconds to wait before the same request may work. */
  readonly retryAfter?: number;

  constructor(code: grpc.status, message: string, details: any[], cause?: unknown) {
    super(message, { cause });
    this.name = "IpoError";
    this.code = code;
    for (const any of details) {
      const name = String(any.type_url ?? any.typeUrl).split("/").at(-1)!;
      if (!(name in definition)) continue;
      const detail = decode(name, any.value);
      if (name === "google.rpc.ErrorInfo") {
        this.reason = detail.reason;
        this.metadata = detail.metadata;
      } else if (name === "google.rpc.BadRequest") this.field = detail.fieldViolations[0]?.field;
      else if (name === "google.rpc.RetryInfo") this.retryAfter = Number(detail.retryDelay.seconds) + detail.retryDelay.nanos / 1e9;
    }
  }
}

function refused(error: grpc.ServiceError): IpoError {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  return new IpoError(error.code, error.details, bytes instanceof Buffer ? decode("google.rpc.Status", bytes).details : [], error);
}

function decode(name: string, bytes: Buffer): any {
  return (definition[name] as MessageTypeDefinition<any, any>).deserialize(bytes);
}

/** Sends with every call who makes it. */
function withToken(token: string): grpc.Interceptor {
  return (options, nextCall) => new grpc.InterceptingCall(nextCall(options), {
    start(metadata, listener, next) {
      metadata.set("authorization", `Bearer ${token}`);
      next(metadata, listener);
    },
  });
}

function credentialsOf(address: string): grpc.ChannelCredentials {
  if (!address.startsWith("https://")) return grpc.credentials.createInsecure();
  const authority = process.env.IPO_TLS_AUTHORITY;
  return grpc.credentials.createSsl(authority ? readFileSync(authority) : null);
}

/** An orchestrator. */
export class Ipo {
  /** The contract's clients, for what has no method here. */
  readonly datasets: any;
  readonly uploads: any;
  readonly runs: any;
  readonly reports: any;
  readonly serving: any;
  readonly system: any;
  readonly evaluation: any;
  readonly operations: any;

  /**
   * @param address host:port of its gRPC port, or a URL; https:// takes TLS, with the authorities of the file that the variable
   * IPO_TLS_AUTHORITY names, or the system's.
   * @param credentials for TLS of your own; by default what the address says.
   * @param token the API key or token to call with; by default what the variable IPO_TOKEN holds, and "" for none.
   */
  constructor(address: string, credentials = credentialsOf(address), token = process.env.IPO_TOKEN ?? "") {
    const target = address.replace(/^\w+:\/\//, "").replace(/\/$/, ""); // grpc-js takes host:port
    if (token !== "" && !credentials._isSecure() && !/^(localhost|127\.0\.0\.1|\[::1\]):/.test(target)) {
      throw new Error(`The key is not sent to ${target}: without TLS anybody on the way could read it. Use https://, or credentials of grpc-js.`);
    }
    const options = {
      "grpc.max_receive_message_length": -1, "grpc.service_config": JSON.stringify(retries()),
      interceptors: token === "" ? [] : [withToken(token)],
    };
    const service = (name: string) => new contract.ipo.v1[name](target, credentials, options);
    this.system = service("SystemService");
    this.datasets = service("DatasetService");
    this.uploads = service("UploadService");
    this.runs = service("RunService");
    this.reports = service("ReportService");
    this.serving = service("ServingService");
    this.evaluation = service("EvaluationService");
    this.operations = service("OperationService");
  }

  close(): void {
    for (const client of [
      this.system, this.datasets, this.uploads, this.runs, this.reports, this.serving, this.evaluation, this.operations,
    ]) client.close();
  }

  /**
   * Brings a folder of images, in any layout that Ipo reads, and registers it as a dataset. Only what the server lacks
   * is sent: an upload whose connection is lost goes on where it stood, and so does one that is called again.
   * @param options.onProgress called with bytes sent and bytes to send.
   */
  async upload(
    folder: string, options: { name: string; handWrittenTemplate?: string; onProgress?: (sent: number, total: number) => void },
  ): Promise<Dataset> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort();
    if (paths.length === 0) throw new Error(`${folder} holds no files.`);
    const files: Sources = new Map();
    let text = "";
    for (const file of paths) {
      const digest = await sha256(createReadStream(file));
      text += manifestLine(digest, path.relative(folder, file).split(path.sep).join("/"));
      files.set(digest, {
        size: (await stat(file)).size,
        read: (from) => createReadStream(file, { start: from, highWaterMark: CHUNK }) as AsyncIterable<Buffer>,
      });
    }
    const manifest = Buffer.from(text);
    const upload = createHash("sha256").update(manifest).digest("hex");
    files.set(upload, { size: manifest.length, read: async function* (from) { yield manifest.subarray(from); } });
    await this.#send(files, options.onProgress);
    const { name, handWrittenTemplate = "" } = options;
    return (await this.operate({ registration: { name, upload, handWrittenTemplate } })).dataset!;
  }

  /** Scores templates on a split of a dataset. Asked again under one operationId, it is one look at test images. */
  async evaluate(evaluation: EvaluateTemplatesRequest, options: { operationId?: string } = {}): Promise<EvaluateTemplatesResponse> {
    return (await this.operate({ evaluation }, options)).scores!;
  }

  /**
   * Has work done that goes on in the server while the connection is lost, and waits for it; a server that restarts
   * meanwhile is waited for, and goes on with it. Rejects with IpoError where it fails or is cancelled.
   * @param options.operationId Under it the same work is joined, or its result given again, for a week; made up by default.
   */
  async operate(
    work: { registration: RegisterDatasetRequest } | { evaluation: EvaluateTemplatesRequest },
    options: { operationId?: string; onProgress?: (operation: Operation) => void } = {},
  ): Promise<Operation> {
    const operationId = options.operationId ?? `node-${randomUUID()}`;
    let operation: Operation | undefined;
    for (;;) {
      try {
        ({ operation } = await unary<{ operation: Operation }>(this.operations, "createOperation", { operationId, ...work }));
        for await ({ operation } of stream<{ operation: Operation }>(this.operations, "watchOperation", { operationId }))
          options.onProgress?.(operation);
        if (operation.state !== "OPERATION_STATE_INTERRUPTED") break;
      } catch (error) {
        if (!operation || !(error instanceof IpoError) || error.code !== grpc.status.UNAVAILABLE) throw error;
      }
      await delay(1000);
    }
    if (operation.error) throw new IpoError(operation.error.code, operation.error.message, operation.error.details);
    if (operation.state === "OPERATION_STATE_CANCELLED")
      throw new IpoError(grpc.status.CANCELLED, `Operation ${operationId} was cancelled.`, []);
    return operation;
  }

  /** Creates a run and waits until it is final. */
  async optimize(
    settings: RunSettings,
    options: { runId?: string; labels?: Record<string, string>; displayName?: string; onProgress?: (run: Run) => void } = {},
  ): Promise<Run> {
    const { runId = "", labels = {}, displayName = "" } = options;
    let { run } = await unary<{ run: Run }>(this.runs, "createRun", { runId, settings, labels, displayName });
    for await (run of this.watch(run.runId)) options.onProgress?.(run);
    return run;
  }

  /** The run's state now and after every change, until it is final; a server that restarts meanwhile is waited for. */
  async *watch(runId: string): AsyncGenerator<Run> {
    let seen: { sinceJournalLength?: string } = {};
    for (;;) {
      try {
        for await (const { run } of stream<{ run: Run }>(this.runs, "watchRun", { runId, ...seen })) {
          seen = { sinceJournalLength: run.journalLength }; // what was seen does not come again
          yield run;
        }
        return;
      } catch (error) {
        if (!(error instanceof IpoError) || error.code !== grpc.status.UNAVAILABLE) throw error;
        await delay(1000);
      }
    }
  }

  /** The report of a completed run, in structure and as Markdown; in the basic view without the latter and the trajectory. */
  report(runId: string, view: "REPORT_VIEW_FULL" | "REPORT_VIEW_BASIC" = "REPORT_VIEW_FULL"): Promise<GetRunReportResponse> {
    return unary(this.reports, "getRunReport", { runId, view });
  }

  /** Classifies image files with what a completed run recommends. Refused where another checkpoint is loaded than the
   * run was made with, unless anyCheckpoint. */
  async classify(
    runId: string, images: Buffer[], options: { topK?: number; allClasses?: boolean; anyCheckpoint?: boolean } = {},
  ): Promise<Classification[]> {
    const answers: Classification[] = [];
    for (let at = 0; at < images.length; at += IMAGES_AT_ONCE) {
      const contents = images.slice(at, at + IMAGES_AT_ONCE);
      const { topK = 1, allClasses = false, anyCheckpoint = false } = options;
      const response = await unary<{ classifications: Classification[] }>(
        this.serving, "classifyImages", { runId, contents, topK, allClasses, anyCheckpoint });
      answers.push(...response.classifications);
    }
    return answers;
  }

  /** What a run recommends in another tool's form: from suffix ("" for the first file) to its bytes. */
  async export(runId: string, format: ExportFormat, options: { allClasses?: boolean } = {}): Promise<Map<string, Buffer>> {
    const parts = new Map<string, Buffer[]>();
    const request = { runId, format, allClasses: options.allClasses ?? false };
    for await (const part of stream<ExportRunResponse>(this.reports, "exportRun", request))
      parts.set(part.suffix, [...(parts.get(part.suffix) ?? []), part.content]);
    return new Map([...parts].map(([suffix, contents]) => [suffix, Buffer.concat(contents)]));
  }

  async #send(files: Sources, onProgress?: (sent: number, total: number) => void): Promise<void> {
    for (let begun = false; ; ) {
      try {
        const missing = await this.#missing([...files.keys()]);
        begun = true;
        if (missing.length > 0) await this.#sendMissing(files, missing, onProgress);
        return;
      } catch (error) {
        // BUSY: the server has not noticed yet that the call before broke off.
        if (!begun || !(error instanceof IpoError) || (error.code !== grpc.status.UNAVAILABLE && error.reason !== "BUSY")) throw error;
        await delay((error.retryAfter ?? 1) * 1000);
      }
    }
  }

  async #missing(digests: string[]): Promise<MissingFile[]> {
    const missing: MissingFile[] = [];
    for (let at = 0; at < digests.length; at += ASK_AT_ONCE) {
      const request = { sha256: digests.slice(at, at + ASK_AT_ONCE) };
      missing.push(...(await unary<FindMissingFilesResponse>(this.uploads, "findMissingFiles", request)).files);
    }
    return missing;
  }

  async #sendMissing(files: Sources, missing: MissingFile[], onProgress?: (sent: number, total: number) => void): Promise<void> {
    const total = missing.reduce((sum, file) => sum + files.get(file.sha256)!.size - Number(file.receivedBytes), 0);
    let sent = 0;
    const { promise, resolve, reject } = withResolvers<void>();
    const call: grpc.ClientWritableStream<UploadFilesRequest> = this.uploads.uploadFiles(
      (error: grpc.ServiceError | null) => (error ? reject(refused(error)) : resolve()));
    // A stream that ended is written to no more; its own error says why.
    let ended = false;
    promise.catch(() => { ended = true; });
    const write = (part: UploadFilesRequest) =>
      new Promise<void>((written) => (call.write(part) ? written() : Promise.race([once(call, "drain"), promise.catch(() => {})]).then(() => written())));
    try {
      for (const { sha256, receivedBytes } of missing) {
        if (ended) break;
        const file = files.get(sha256)!;
        await write({ start: { sha256, sizeBytes: String(file.size), offset: receivedBytes } });
        for await (const content of file.read(Number(receivedBytes))) {
          if (ended) break;
          await write({ content });
          sent += content.length;
          onProgress?.(sent, total);
        }
      }
    } catch (error) {
      call.cancel(); // a file that cannot be read, or what onProgress threw: the server would wait for more
      throw error;
    }
    call.end();
    await promise;
  }
}

const once = (emitter: NodeJS.EventEmitter, event: string) => new Promise<void>((resolve) => emitter.once(event, () => resolve()));

function withResolvers<T>() {
  let resolve!: (value: T) => void, reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

// The calls that the contract says may be sent twice.
function retries() {
  const services = Object.entries(definition).filter(([name, entry]) => name.startsWith("ipo.v1.") && name.endsWith("Service") && !("format" in entry));
  const name = services.flatMap(([service, methods]) =>
    Object.entries(methods as grpc.ServiceDefinition)
      .filter(([, method]) => (method as any).options?.idempotency_level !== undefined
        && (method as any).options.idempotency_level !== "IDEMPOTENCY_UNKNOWN")
      .map(([method]) => ({ service, method })));
  const retryPolicy = {
    maxAttempts: 5, initialBackoff: "0.2s", maxBackoff: "5s", backoffMultiplier: 2, retryableStatusCodes: ["UNAVAILABLE"],
  };
  return { loadBalancingConfig: [], methodConfig: [{ name, retryPolicy }] };
}

function unary<T>(client: any, method: string, request: object): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      refuseUnknown(client[method], request);
    } catch (refusal) {
      reject(refusal);
      return;
    }
    client[method](request, (error: grpc.ServiceError | null, response: T) => (error ? reject(refused(error)) : resolve(response)));
  });
}

async function* stream<T>(client: any, method: string, request: object): AsyncGenerator<T> {
  refuseUnknown(client[method], request);
  try {
    yield* client[method](request) as AsyncIterable<T>;
  } catch (error) {
    throw error instanceof Error && "code" in error ? refused(error as grpc.ServiceError) : error;
  }
}

// What protobuf.js does not know it drops, so what was sent is compared with what was written.
function refuseUnknown(method: any, request: object): void {
  const kept = method.requestDeserialize(method.requestSerialize(request));
  const lost = unknownIn(request as Record<string, unknown>, kept as Record<string, unknown>, "");
  if (lost) throw new TypeError(`${lost} is no field of the request of ${method.path}.`);
}

function unknownIn(written: Record<string, unknown>, kept: Record<string, unknown>, at: string): string | undefined {
  for (const [name, value] of Object.entries(written)) {
    const where = at ? `${at}.${name}` : name;
    if (value === undefined || value === null) continue;
    if (!(name in kept)) return where;
    if (typeof value === "object" && !Array.isArray(value) && !Buffer.isBuffer(value) && kept[name] && typeof kept[name] === "object") {
      const inner = unknownIn(value as Record<string, unknown>, kept[name] as Record<string, unknown>, where);
      if (inner) return inner;
    }
  }
  return undefined;
}

async function sha256(content: AsyncIterable<Buffer | string>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of content) hash.update(chunk);
  return hash.digest("hex");
}

// As sha256sum writes a line: a name with a backslash or a line break is escaped, and the line begins with a backslash.
function manifestLine(digest: string, name: string): string {
  const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `${escaped === name ? "" : "\\"}${digest}  ${escaped}\n`;
}
