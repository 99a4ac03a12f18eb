/**
 * Requests of one model in turns: a prompt is read in pieces, and all rows that speak say one token per turn together.
 * So a long prompt or a long answer holds nobody up; who waits is taken in the order of coming, and beyond a number
 * nobody is.
 */
import { ForgeError } from '#core/domain/errors.ts';
import { emptyState, joinStates, splitState } from '#core/domain/inference/graph-state.ts';
import { type Sampling, sampleToken, seededNumbers } from '#core/domain/inference/sampling.ts';
import type { GraphSession, GraphState } from '#core/ports/graph-runtime.ts';

const PIECE = 64;

export interface GenerationRequest extends Sampling {
  readonly prompt: readonly number[];
  /** Tokens to say at most, at least 1. */
  readonly most: number;
  /** Ends the answer; not said. */
  readonly end: number | null;
  /** Rows that are never said. */
  readonly silent: readonly number[];
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal;
  readonly onToken: (id: number) => void;
}

export interface Generated {
  readonly tokens: readonly number[];
  readonly reason: 'stop' | 'length' | 'cancelled';
  /** Milliseconds from asking on. */
  readonly queuedMs: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

export interface SchedulerOptions {
  /** Rows that speak or read at a time. */
  readonly active: number;
  /** Requests that wait beyond those. */
  readonly waiting: number;
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number;
}

export interface Load {
  readonly active: number;
  readonly waiting: number;
}

interface Row {
  readonly request: GenerationRequest;
  readonly number: () => number;
  readonly askedAt: number;
  readonly said: number[];
  readonly settle: (outcome: Generated) => void;
  readonly fail: (error: unknown) => void;
  startedAt: number;
  firstAt: number | null;
  /** Tokens of the prompt that were read. */
  read: number;
  state: GraphState;
}

export class TokenScheduler {
  readonly #session: GraphSession;
  readonly #options: SchedulerOptions;
  readonly #waiting: Row[] = [];
  #active: Row[] = [];
  /** The rows that spoke last turn, and their state in one piece. */
  #spoken: { readonly rows: readonly Row[]; readonly state: GraphState } | null = null;
  #turning: Promise<void> | null = null;

  constructor(session: GraphSession, options: SchedulerOptions) {
    this.#session = session;
    this.#options = options;
  }

  get load(): Load {
    return { active: this.#active.length, waiting: this.#waiting.length };
  }

  /** @throws ForgeError `limit`, code `queue_full` */
  submit(request: GenerationRequest): Promise<Generated> {
    const { active, waiting, now } = this.#options;
    this.#dropGone();
    if (this.#active.length + this.#waiting.length >= active + waiting)
      throw new ForgeError(
        'limit',
        `${active} requests are being answered and ${waiting} wait; no more are taken.`,
        {
          code: 'queue_full',
          hint: 'Ask again in a moment.',
          retryAfterSeconds: 1,
        },
      );
    return new Promise((settle, fail) => {
      const state = emptyState(this.#session.graph, 1);
      const number = seededNumbers(request.seed);
      const times = { askedAt: now(), startedAt: 0, firstAt: null };
      this.#waiting.push({ request, number, said: [], settle, fail, read: 0, state, ...times });
      this.#turning ??= this.#turn().finally(() => {
        this.#turning = null;
      });
    });
  }

  /** Resolves when nothing is at work any more. */
  async idle(): Promise<void> {
    while (this.#turning) await this.#turning;
  }

  async #turn(): Promise<void> {
    for (;;) {
      this.#admit();
      if (this.#active.length === 0) return;
      try {
        await this.#read();
        await this.#speak();
      } catch (error) {
        // The runtime failed: every row that it held is told.
        for (const row of this.#active.splice(0)) row.fail(error);
        this.#spoken = null;
      }
      // So that cancellations and new requests are heard between turns.
      await new Promise((done) => setImmediate(done));
    }
  }

  #dropGone(): void {
    for (const row of this.#waiting.filter(({ request }) => request.signal.aborted)) {
      this.#waiting.splice(this.#waiting.indexOf(row), 1);
      this.#end(row, 'cancelled');
    }
  }

  #admit(): void {
    this.#dropGone();
    for (const row of this.#active.filter(({ request }) => request.signal.aborted))
      this.#end(row, 'cancelled');
    while (this.#active.length < this.#options.active) {
      const row = this.#waiting.shift();
      if (!row) return;
      row.startedAt = this.#options.now();
      this.#active.push(row);
    }
  }

  /** One more piece of every prompt that is not yet read. */
  async #read(): Promise<void> {
    const reading = this.#active.filter(({ request, read }) => read < request.prompt.length);
    for (const row of reading) {
      const piece = row.request.prompt.slice(row.read, row.read + PIECE);
      const { logits, state } = await this.#session.step([piece], row.state);
      row.state = state;
      row.read += piece.length;
      if (row.read === row.request.prompt.length) this.#say(row, logits.slice(-this.#rows));
    }
  }

  /** One more token of every row that has begun to speak before. */
  async #speak(): Promise<void> {
    const rows = this.#active.filter(
      ({ said, request, read }) => said.length > 0 && read === request.prompt.length,
    );
    if (rows.length === 0) return;
    const same =
      this.#spoken?.rows.length === rows.length && rows.every((row, at) => row === this.#spoken?.rows[at]);
    if (!same) this.#takeApart();
    const before = same && this.#spoken ? this.#spoken.state : joinStates(rows.map(({ state }) => state));
    const tokens = rows.map(({ said }) => [said.at(-1) as number]);
    const { logits, state } = await this.#session.step(tokens, before);
    this.#spoken = { rows, state };
    for (const [at, row] of rows.entries())
      this.#say(row, logits.slice(at * this.#rows, (at + 1) * this.#rows));
  }

  /** Gives each row that spoke together with others its own state back. */
  #takeApart(): void {
    if (!this.#spoken) return;
    const { rows, state } = this.#spoken;
    for (const [at, each] of splitState(state).entries()) (rows[at] as Row).state = each;
    this.#spoken = null;
  }

  #say(row: Row, logits: Float32Array): void {
    const { request, said, number } = row;
    for (const id of request.silent) if (id !== request.end) logits[id] = Number.NEGATIVE_INFINITY;
    const id = sampleToken(logits, request, number);
    row.firstAt ??= this.#options.now();
    if (id === request.end) {
      this.#end(row, 'stop');
      return;
    }
    said.push(id);
    request.onToken(id);
    if (said.length >= request.most) this.#end(row, 'length');
  }

  #end(row: Row, reason: Generated['reason']): void {
    this.#active = this.#active.filter((each) => each !== row);
    const { askedAt, startedAt, firstAt, said, settle } = row;
    const now = this.#options.now();
    settle({
      tokens: said,
      reason,
      queuedMs: (startedAt || now) - askedAt,
      firstTokenMs: firstAt === null ? null : firstAt - askedAt,
      totalMs: now - askedAt,
    });
  }

  get #rows(): number {
    return this.#session.graph.model.vocabRows;
  }
}
