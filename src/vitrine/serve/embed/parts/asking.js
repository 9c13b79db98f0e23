/** Asking the API of the server that this module came from, or of the one that `server` names. */

const HOME = new URL(".", import.meta.url).href;
const WAIT_MS = 20_000;
const LONGEST_RETRY_S = 5;

const told = new Set();

/** Tell the shop's developer once, and the visitor nothing. */
export function tell(message) {
  if (!told.has(message)) console.warn(`vitrine: ${message}`);
  told.add(message);
}

/** What went wrong; no visitor can mend what is `lasting`. */
export class Trouble extends Error {
  constructor(message, { code = "", lasting = false } = {}) {
    super(message);
    this.code = code;
    this.lasting = lasting;
  }
}

/** Asks one question at a time: a newer one ends the one before, which then answers null. */
export class Asker {
  #element;
  #running = null;

  constructor(element) {
    this.#element = element;
  }

  get #key() {
    return this.#element.getAttribute("key") ?? this.#element.getAttribute("api-key") ?? "";
  }

  #address(path) {
    const server = new URL(this.#element.getAttribute("server") || HOME, document.baseURI).href;
    return server.replace(/\/$/, "") + path;
  }

  /** Where an <img>, which sends no header, finds a photo. */
  photoAddress(path) {
    return this.#address(path) + (this.#key ? `?key=${encodeURIComponent(this.#key)}` : "");
  }

  stop() {
    this.#running?.abort();
  }

  async ask(path, options = {}) {
    this.stop();
    const running = (this.#running = new AbortController());
    const timer = setTimeout(() => running.abort("late"), WAIT_MS);
    try {
      return await this.#answer(path, { ...options, signal: running.signal });
    } catch (error) {
      if (error instanceof Trouble) throw error;
      if (running.signal.aborted && running.signal.reason !== "late") return null;
      throw new Trouble(
        `${this.#address("")} does not answer this page; is it running, ` +
          `and was it started with --allow-origin ${location.origin} ?`,
        { lasting: true },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Send something beside the question, also while the page is being left. */
  async send(path, said) {
    const headers = { "Content-Type": "application/json" };
    const options = { method: "POST", body: JSON.stringify(said), keepalive: true, headers };
    try {
      return await this.#answer(path, options, false);
    } catch (error) {
      if (error instanceof Trouble) throw error;
      throw new Trouble(`${this.#address("")} does not take this page's events`);
    }
  }

  async #answer(path, options, again = true) {
    if (this.#key.startsWith("vitrine_admin_")) {
      throw new Trouble(
        "this page shows an admin key to everyone: revoke it and make a search key, " +
          "vitrine keys create --kind search",
        { lasting: true },
      );
    }
    const response = await fetch(this.#address(path), {
      ...options,
      headers: { ...options.headers, ...(this.#key && { Authorization: `Bearer ${this.#key}` }) },
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    if (response.ok) return await response.json();
    if (again && [429, 503].includes(response.status)) {
      const seconds = Math.min(LONGEST_RETRY_S, Number(response.headers.get("Retry-After")) || 1);
      await new Promise((done) => setTimeout(done, seconds * 1000));
      return await this.#answer(path, options, false);
    }
    throw await problemOf(response);
  }
}

async function problemOf(response) {
  const said = await response.json().catch(() => ({}));
  const code = said.code ?? `status_${response.status}`;
  const lasting = [401, 403, 404].includes(response.status) || /^(query_)?invalid$/.test(code);
  return new Trouble(`${code}: ${said.detail ?? response.statusText}`, { code, lasting });
}
