// The sandbox's own endpoints, as docs/sandbox-api.md describes them.

/** The sandbox said no: `code` is its error code, `message` its sentence, `answer` all it said. */
export class Refused extends Error {
  constructor(answer) {
    super(answer.message || answer.error || "refused");
    this.code = answer.error || "refused";
    this.answer = answer;
  }
}

async function answerOf(response) {
  const answer = await response.json().catch(() => null);
  if (!answer) throw new Refused({ error: "no_answer", message: `${response.status} ${response.statusText}` });
  if (answer.ok === false || !response.ok) throw new Refused(answer);
  return answer;
}

export async function ask(path, parameters = {}) {
  const known = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return answerOf(await fetch(`${path}?${new URLSearchParams(known)}`));
}

export async function tell(path, body, method = "POST") {
  const headers = { "Content-Type": "application/json" };
  return answerOf(await fetch(path, { method, headers, body: JSON.stringify(body) }));
}

/** Server-sent events for one person. `opened(again)` is called at every connection, `again` true after a gap. Gives what ends it. */
export function listen(as, heard, opened, lost) {
  const source = new EventSource(`/sandbox/stream?as=${encodeURIComponent(as)}`);
  let connections = 0;
  source.onopen = () => opened((connections += 1) > 1);
  source.onerror = lost;
  source.onmessage = (event) => heard(JSON.parse(event.data));
  return () => source.close();
}

export function fileAddress(file) {
  return `/files/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`;
}

export const MAX_FILE_BYTES = 5_000_000;

/** Gives the bytes of a file the person chose; answers the file object, whose id says it along. */
export async function upload(as, file) {
  const where = new URLSearchParams({ as, name: file.name });
  const headers = { "Content-Type": file.type || "application/octet-stream" };
  const answer = await answerOf(await fetch(`/sandbox/upload?${where}`, { method: "POST", body: file, headers }));
  return answer.file;
}
