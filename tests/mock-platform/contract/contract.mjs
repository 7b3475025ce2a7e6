// Holds mock-platform/openapi.yaml against the running server, with tools that are not ours: a
// validator of OpenAPI documents, and Prism's validators of requests and answers.
//
//   node contract.mjs CARDRIG_LAUNCH MOCK_PLATFORM
//
// Every operation is asked in good and in bad ways. It fails where an answer is not described, where a
// good request is not allowed or a bad one is, where a signature is wrong, and where the description
// names a status, an error code or an operation that no request here has brought about. A field that
// the description does not name is a mistake, too.
import { spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "../../..");
const tools = path.join(root, ".cache/contract");
if (!fs.existsSync(path.join(tools, "node_modules"))) {
  console.error("The validators are not installed: run tools/setup.");
  process.exit(1);
}
const load = createRequire(path.join(tools, "package.json"));
const { getHttpOperationsFromSpec } = load("@stoplight/prism-http/dist/utils/operations");
const { validateInput, validateOutput } = load("@stoplight/prism-http/dist/validator");
const yaml = load("@stoplight/yaml");
const { Validator } = await import(
  pathToFileURL(path.join(tools, "node_modules/@seriousme/openapi-schema-validator/index.js")));

const complaints = [];
const complain = (what, why) => complaints.push(`${what}: ${why}`);

// --- the description ------------------------------------------------------------------------------

const text = fs.readFileSync(path.join(root, "mock-platform/openapi.yaml"), "utf8");
const described = () => {
  const { data, diagnostics } = yaml.parseWithPointers(text, { mergeKeys: true });
  for (const d of diagnostics) complain(`openapi.yaml:${d.range.start.line + 1}`, d.message);
  return JSON.parse(JSON.stringify(data));
};
const verdict = await new Validator().validate(described());
if (!verdict.valid) complain("openapi.yaml", JSON.stringify(verdict.errors));

/** Fields that are not named are mistakes: stricter than the description, which lets it grow. */
function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== "object") return node;
  const made = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  if (made.type === "object" && typeof made.properties === "object") made.additionalProperties = false;
  return made;
}
const byId = async (document) =>
  new Map((await getHttpOperationsFromSpec(document)).map((each) => [each.iid, each]));
const open = await byId(described());
const strict = await byId(closed(described()));

// --- the server -----------------------------------------------------------------------------------

const keys = { "kiosk-0001": Buffer.alloc(32, 1), "kiosk-0002": Buffer.alloc(32, 2) };
const token = "the admin's token";
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cardrig-contract-"));
fs.writeFileSync(path.join(folder, "platform.json"), JSON.stringify({
  listen: "127.0.0.1:0", processing_ms: 0, admin_token: token,
  terminals: Object.entries(keys).map(([id, key]) => ({ id, key: key.toString("hex") })),
}));
let server, ended, port;

/** Through the launcher: however this ends, so does the platform. */
async function start() {
  const [, , launcher, program] = process.argv;
  server = spawn(launcher, [String(process.pid), program, path.join(folder, "platform.json")], {
    stdio: ["ignore", "pipe", "inherit"] });
  ended = new Promise((resolve) => {
    server.on("error", (error) => resolve(error.message));
    server.on("close", (code, signal) => resolve(code ?? signal));
  });
  const address = await new Promise((resolve, reject) => {
    server.stdout.once("data", (line) => resolve(JSON.parse(line).platform));
    ended.then((code) => reject(new Error(`the platform ended with ${code}`)));
  });
  port = Number(address.slice(address.lastIndexOf(":") + 1));
}

function send(method, target, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, method, path: target, agent: false,
      headers: { ...headers, "Content-Length": Buffer.byteLength(body) } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers,
        text: Buffer.concat(parts).toString("utf8") }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

// --- signatures, by the page alone ----------------------------------------------------------------

const digests = { "HMAC-SM3": "sm3", "HMAC-SHA256": "sha256" };
const digest = (algorithm, data) => crypto.createHash(digests[algorithm]).update(data).digest("hex");
const sign = (algorithm, key, lines) =>
  crypto.createHmac(digests[algorithm], key).update(lines.join("\n")).digest("hex");
let turn = 0;

function signed(method, target, body, how) {
  const terminal = how.terminal ?? "kiosk-0001";
  const algorithm = ++turn % 2 ? "HMAC-SM3" : "HMAC-SHA256";
  const time = String(Date.now() + (how.clock ?? 0));
  const nonce = how.nonce ?? crypto.randomBytes(16).toString("hex");
  const signature = sign(algorithm, keys[terminal] ?? Buffer.alloc(32), [
    "CARDRIG1-REQUEST", algorithm, method, target, terminal, time, nonce, digest(algorithm, body)]);
  return { algorithm, nonce, headers: {
    "X-Cardrig-Terminal": terminal, "X-Cardrig-Time": time, "X-Cardrig-Nonce": nonce,
    "X-Cardrig-Signature": `${algorithm} ${how.forged ? "0".repeat(64) : signature}` } };
}

function checkSignature(what, how, made, answer) {
  const time = answer.headers["x-cardrig-time"];
  const expected = sign(made.algorithm, keys[how.terminal ?? "kiosk-0001"], [
    "CARDRIG1-ANSWER", made.algorithm, String(answer.status), made.nonce, time,
    digest(made.algorithm, answer.text)]);
  if (answer.headers["x-cardrig-signature"] !== `${made.algorithm} ${expected}`) {
    complain(what, "the answer's signature is wrong");
  }
}

// --- one request ----------------------------------------------------------------------------------

const seen = new Set();
const codes = new Set();
const violations = (either) =>
  either._tag === "Left" ? either.left.map((v) => `${v.path?.join(".") ?? ""} ${v.message}`) : [];

/**
 * Asks the operation `id`. `how`: attempt, permit, fault (of the path); body or raw; terminal, clock,
 * nonce, forged; bad (the description must not allow this request).
 */
async function ask(id, status, code, how = {}) {
  const operation = open.get(id);
  if (!operation) return complain(id, "there is no such operation");
  const method = operation.method.toUpperCase();
  const target = operation.path.replace("{attempt_id}", how.attempt ?? "").
    replace("{permit_id}", how.permit ?? "").replace("{fault}", how.fault ?? "");
  const body = how.raw ?? (how.body === undefined ? "" : JSON.stringify(how.body));
  const isAdmin = target.startsWith("/admin/");
  const made = isAdmin ? { headers: { Authorization: `Bearer ${how.forged ? "guess" : token}` } }
    : signed(method, target, body, how);
  const headers = { ...made.headers, ...(body === "" ? {} : { "Content-Type": "application/json" }) };
  const what = `${id} ${target} ${status} ${code ?? ""}`.trim();
  const answer = await send(method, target, headers, body);
  if (answer.status !== status) {
    return complain(what, `the status is ${answer.status}: ${answer.text.slice(0, 200)}`);
  }
  seen.add(`${id} ${status}`);
  let json;
  try {
    json = JSON.parse(answer.text);
  } catch {
    return complain(what, "the answer is no JSON");
  }
  if (code !== undefined && json.code !== code) complain(what, `the code is ${json.code}`);
  if (json.code !== undefined) codes.add(json.code);
  if (!isAdmin && ![401, 413, 414].includes(status) && status < 500) {
    checkSignature(what, how, made, answer);
  }
  checkForm(what, id, how, { method, target, headers, body }, { ...answer, json });
  return json;
}

function checkForm(what, id, how, request, answer) {
  let sent;
  try {
    sent = request.body === "" ? undefined : JSON.parse(request.body);
  } catch {
    if (!how.bad) complain(what, "a good request is no JSON");
  }
  if (sent !== undefined || request.body === "") {
    const lower = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k.toLowerCase(), v]));
    const wrong = violations(validateInput({ resource: open.get(id), element: {
      method: request.method.toLowerCase(), url: { path: request.target, query: {} }, headers: lower,
      body: sent } }));
    if (how.bad && wrong.length === 0) complain(what, "the description allows this bad request");
    if (!how.bad && wrong.length > 0) complain(what, `the description forbids it: ${wrong.join("; ")}`);
  }
  const wrong = violations(validateOutput({ resource: strict.get(id), element: {
    statusCode: answer.status, headers: answer.headers, body: answer.json } }));
  if (wrong.length > 0) complain(what, `the answer is not described: ${wrong.join("; ")}`);
}

// --- the requests ---------------------------------------------------------------------------------

const person = { document_type: "resident", id_number: "11010519491231002X", name: "张晓龘" };
const certificate = {
  name: person.name, sex: "女", category_code: "2", category: "焊接与热切割作业", item_code: "2.1",
  item: "熔化焊接与热切割作业", first_issued: "2024-03-01", valid_from: "2024-03-01",
  valid_to: "2099-03-01", review_due: "2027-03-01", authority: "应急管理局",
  photo: { format: "jpeg", base64: Buffer.from("the platform does not look into it").toString("base64") },
};
const permit = (change = {}, certificateChange = {}) => ({
  person, certificate: { ...certificate, ...certificateChange }, state: "approved", ...change });
const claim = (attempt_id, permit_id, who = person) => ({ body: { attempt_id, permit_id, person: who } });
const report = (attempt_id, permit_id, outcome, card_number = 1, key = `${attempt_id}/${card_number}`) => ({
  body: { idempotency_key: key, attempt_id, permit_id, outcome, card_number,
    settled_at_ms: Date.now(), detail: "" } });
const large = { raw: JSON.stringify({ detail: "x".repeat(70_000) }), bad: true };

async function setUp() {
  await ask("putPermit", 200, undefined, { permit: "p1", body: permit() });
  await ask("putPermit", 200, undefined, { permit: "p2", body: permit() });
  for (const [id, state] of [["pending", "pending"], ["revoked", "revoked"], ["issued", "issued"]]) {
    await ask("putPermit", 200, undefined, { permit: id, body: permit({ state }) });
  }
  await ask("putPermit", 200, undefined, { permit: "faceless", body: permit({}, { photo: undefined }) });
  await ask("putPermit", 200, undefined, { permit: "numbered",
    body: permit({ record_number: "P2026000001", listed: false }) });
  await ask("putPermit", 200, undefined, { permit: "numbered-other",
    body: permit({ record_number: "K2026000002", person: { ...person, id_number: "11010519491231003X" } }) });
  await ask("putPermit", 400, "BAD_REQUEST", { permit: "p3", body: permit({ record_number: "short" }), bad: true });
  await ask("putPermit", 400, "BAD_REQUEST", { permit: "p3", body: permit({ listed: "no" }), bad: true });
  await ask("putPermit", 200, undefined, { permit: "old", body: permit({}, { valid_to: "2025-03-01" }) });
  for (const key of ["person", "certificate", "state"]) {
    await ask("putPermit", 400, "BAD_REQUEST", { permit: "p3", body: permit({ [key]: undefined }), bad: true });
  }
  await ask("putPermit", 400, "BAD_REQUEST", { permit: "p3", body: permit({}, { valid_to: "soon" }), bad: true });
  await ask("putPermit", 400, "BAD_REQUEST", { permit: "p3", raw: "{", bad: true });
  await ask("putPermit", 404, "NOT_FOUND", { permit: "p%20q", body: permit(), bad: true });
  await ask("putPermit", 413, "TOO_LARGE", { permit: "p3", ...large });
}

async function askAsATerminal() {
  await ask("health", 200);
  await ask("query", 200, undefined, { body: { person } });
  await ask("query", 200, undefined, { body: { person: { ...person, id_number: "unknown" } } });
  await ask("query", 422, "PERSON_MISMATCH", { body: { person: { ...person, name: "王五" } } });
  await ask("query", 400, "BAD_REQUEST", { body: { person: { ...person, document_type: "passport" } }, bad: true });
  await ask("query", 400, "BAD_REQUEST", { body: {}, bad: true });
  await ask("query", 400, "BAD_REQUEST", { raw: "[", bad: true });
  await ask("query", 413, "TOO_LARGE", large);

  const lookup = (number, change = {}) => ({ body: { session: "s1", person, number, ...change } });
  const record = await ask("lookup", 200, undefined, lookup("P2026000001"));
  if (record?.permit.permit_id !== "numbered") complain("lookup", "another permit was found");
  await ask("lookup", 400, "BAD_REQUEST", { ...lookup("p2026000001"), bad: true });
  await ask("lookup", 400, "BAD_REQUEST", { ...lookup("P2026000001", { session: "" }), bad: true });
  await ask("lookup", 400, "BAD_REQUEST", { ...lookup("P2026000001", { person: undefined }), bad: true });
  await ask("lookup", 404, "NOT_FOUND", lookup("P2026999999"));
  for (let i = 0; i < 2; ++i) await ask("lookup", 422, "OTHER_PERSON", lookup("K2026000002"));
  await ask("lookup", 404, "NOT_FOUND", lookup("P2026999998"));
  await ask("lookup", 422, "TOO_MANY_TRIES", lookup("P2026999997"));
  await ask("lookup", 404, "NOT_FOUND", lookup("P2026999997", { session: "s2" }));
  await ask("lookup", 413, "TOO_LARGE", large);

  await ask("claim", 200, undefined, claim("a1", "p1"));
  const again = await ask("claim", 200, undefined, claim("a1", "p1"));
  if (!again?.repeated) complain("claim", "the second is not told to be a repetition");
  await ask("claim", 400, "BAD_REQUEST", { ...claim("a/1", "p1"), bad: true });
  await ask("claim", 400, "BAD_REQUEST", { ...claim("a2", ""), bad: true });
  await ask("claim", 404, "NOT_FOUND", claim("a2", "nothing"));
  await ask("claim", 409, "CLAIMED", claim("a2", "p1"));
  await ask("claim", 409, "ATTEMPT_MISMATCH", claim("a1", "p2"));
  await ask("claim", 413, "TOO_LARGE", large);
  await ask("claim", 422, "PERSON_MISMATCH", claim("a2", "p2", { ...person, name: "王五" }));
  for (const [id, code] of [["pending", "NOT_APPROVED"], ["revoked", "REVOKED"], ["issued", "ALREADY_ISSUED"],
    ["faceless", "PHOTO_MISSING"], ["old", "EXPIRED"]]) {
    await ask("claim", 422, code, claim("a2", id));
  }

  await ask("claimState", 200, undefined, { attempt: "a1" });
  await ask("claimState", 200, undefined, { attempt: "never" });
  await ask("claimState", 404, "NOT_FOUND", { attempt: "a%20b", bad: true });
  await ask("claimState", 409, "ATTEMPT_MISMATCH", { attempt: "a1", terminal: "kiosk-0002" });

  await ask("release", 400, "BAD_REQUEST", { attempt: "a1", raw: "[]", bad: true });
  await ask("release", 404, "NOT_FOUND", { attempt: "a%20b", body: {}, bad: true });
  await ask("release", 409, "ATTEMPT_MISMATCH", { attempt: "a1", terminal: "kiosk-0002", body: {} });
  await ask("release", 413, "TOO_LARGE", { attempt: "a1", ...large, bad: false });
  await ask("release", 200, undefined, { attempt: "early", body: {} });
  await ask("claim", 409, "ATTEMPT_OVER", claim("early", "p2"));
}

async function askAboutFaults() {
  const fault = { permit: "p1", fault: "server_error" };
  await ask("setFault", 200, undefined, { ...fault, body: {} });
  await ask("query", 500, "INTERNAL", { body: { person } });
  await ask("lookup", 500, "INTERNAL", { body: { session: "s3", person, number: "P2026000001" } });
  await ask("claim", 500, "INTERNAL", claim("a1", "p1"));
  await ask("claimState", 500, "INTERNAL", { attempt: "a1" });
  await ask("release", 500, "INTERNAL", { attempt: "a1", body: {} });
  await ask("report", 500, "INTERNAL", report("a1", "p1", "spoilt"));
  await ask("mendFault", 200, undefined, fault);
  await ask("setFault", 200, undefined, { ...fault, body: { call: "report", delay_ms: 5, times: 1 } });
  await ask("mendFault", 200, undefined, fault);
  await ask("setFault", 400, "BAD_REQUEST", { ...fault, body: { call: "health" }, bad: true });
  await ask("setFault", 400, "BAD_REQUEST", { ...fault, body: { delay_ms: -1 }, bad: true });
  await ask("setFault", 404, "NOT_FOUND", { ...fault, permit: "nothing", body: {} });
  await ask("setFault", 404, "NOT_FOUND", { ...fault, fault: "gremlins", body: {}, bad: true });
  await ask("setFault", 413, "TOO_LARGE", { ...fault, ...large, bad: false });
  await ask("mendFault", 404, "NOT_FOUND", { ...fault, fault: "gremlins", bad: true });
}

async function askAboutCards() {
  await ask("report", 400, "BAD_REQUEST", { ...report("a1", "p1", "lost"), bad: true });
  await ask("report", 400, "BAD_REQUEST", { ...report("a1", "p1", "spoilt", 3), bad: true });
  await ask("report", 400, "BAD_REQUEST", report("a1", "p1", "delivered", 2));
  await ask("report", 404, "NOT_FOUND", report("never", "p1", "delivered"));
  await ask("report", 413, "TOO_LARGE", large);
  await ask("report", 200, undefined, report("a1", "p1", "spoilt"));
  await ask("report", 200, undefined, report("a1", "p1", "spoilt"));
  await ask("report", 409, "KEY_REUSED", report("a1", "p1", "none"));
  await ask("report", 409, "CARD_SETTLED", report("a1", "p1", "none", 1, "another-key"));
  await ask("report", 409, "ATTEMPT_MISMATCH", report("a1", "p2", "delivered", 2));
  await ask("report", 200, undefined, report("a1", "p1", "delivered", 2));
  await ask("release", 409, "ATTEMPT_OVER", { attempt: "a1", body: {} });
}

async function askAsAnAdmin() {
  await ask("getPermit", 200, undefined, { permit: "p1" });
  await ask("getPermit", 200, undefined, { permit: "p2" });
  await ask("getPermit", 404, "NOT_FOUND", { permit: "nothing" });
  await ask("getClaim", 200, undefined, { attempt: "a1" });
  await ask("getClaim", 200, undefined, { attempt: "early" });
  await ask("getClaim", 404, "NOT_FOUND", { attempt: "nothing" });
  for (const act of ["suspend", "approve", "revoke", "markIssued"]) {
    await ask(act, 200, undefined, { permit: "p2" });
    await ask(act, 404, "NOT_FOUND", { permit: "nothing" });
  }
  await ask("approve", 200, undefined, { permit: "p2" });
  await ask("claim", 200, undefined, claim("a3", "p2"));
  await ask("withdraw", 200, undefined, { attempt: "a3" });
  await ask("withdraw", 404, "NOT_FOUND", { attempt: "a3" });
  await ask("free", 200, undefined, { permit: "p2" });
  await ask("free", 404, "NOT_FOUND", { permit: "p2" });
}

async function askWithoutRight() {
  const path = { attempt: "a1", permit: "p1", fault: "down" };
  for (const [id, operation] of open) {
    const isPut = ["post", "put"].includes(operation.method) && operation.request?.body;
    const how = { ...path, forged: true, ...(isPut ? { raw: "{}", bad: id !== "release" && id !== "setFault" } : {}) };
    await ask(id, 401, operation.path.startsWith("/admin/") ? "UNAUTHORISED" : "BAD_SIGNATURE", how);
  }
  await ask("health", 401, "UNKNOWN_TERMINAL", { terminal: "kiosk-9999" });
  await ask("health", 401, "CLOCK_OUT_OF_WINDOW", { clock: -10 * 60_000 });
  const nonce = crypto.randomBytes(16).toString("hex");
  await ask("health", 200, undefined, { nonce });
  await ask("health", 401, "NONCE_REPLAYED", { nonce });
}

/** Methods that a path does not have, and paths that are not there. */
async function askForWhatIsNotThere() {
  for (const template of Object.keys(described().paths)) {
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const has = [...open.values()].some((o) => o.path === template && o.method.toUpperCase() === method);
      const target = template.replace("{attempt_id}", "a1").replace("{permit_id}", "p1").
        replace("{fault}", "down");
      // The end of these paths is then part of a permit's id.
      if (has || (target.startsWith("/admin/v1/permits/p1/") && ["GET", "PUT"].includes(method))) continue;
      const body = ["POST", "PUT"].includes(method) ? "{}" : "";
      const headers = target.startsWith("/admin/") ? { Authorization: `Bearer ${token}` }
        : signed(method, target, body, {}).headers;
      const answer = await send(method, target, headers, body);
      if (answer.status !== 404) complain(`${method} ${target}`, `is not described and answers ${answer.status}`);
    }
  }
}

function checkThatAllWasSeen() {
  for (const [id, operation] of open) {
    for (const { code } of operation.responses) {
      if (!seen.has(`${id} ${code}`)) complain(id, `no request here brought about its status ${code}`);
    }
  }
  const schemas = described().components.schemas;
  for (const name of ["BadRequest", "NotFound", "TooLarge", "Internal", "AdminUnauthorised", "Conflict",
    "Refused", "Unauthorised"]) {
    const { enum: several, const: one } = schemas[name].properties.code;
    for (const code of several ?? [one]) {
      if (!codes.has(code)) complain(name, `no request here brought about its code ${code}`);
    }
  }
}

try {
  for (const step of [start, setUp, askAsATerminal, askAboutFaults, askAboutCards, askAsAnAdmin, askWithoutRight,
    askForWhatIsNotThere]) {
    await step();
  }
  checkThatAllWasSeen();
} finally {
  server?.kill("SIGTERM");
  const code = await ended;
  if (code !== 0) complain("the platform", `ended with ${code}`);
  fs.rmSync(folder, { recursive: true });
}
for (const complaint of complaints) console.error(complaint);
console.log(`${open.size} operations, ${seen.size} statuses, ${codes.size} codes, ${complaints.length} complaints`);
process.exit(complaints.length > 0 || seen.size === 0 ? 1 : 0);
