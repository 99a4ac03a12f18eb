import { connect, type Socket } from 'node:net';

/** What the fork server says: the answer to a request, or later that its job has ended. */
interface Message {
  readonly id: number | null;
  readonly error?: string;
  readonly ended?: number | null;
  readonly identity?: string;
  readonly packageHash?: string;
}

interface Pending {
  readonly resolve: (message: Message) => void;
  readonly reject: (cause: Error) => void;
}

/** The server refused and did nothing, or it cannot be asked any more and nobody knows what it did. */
export class ForkServerFailure extends Error {
  override readonly name = 'ForkServerFailure';
  readonly refused: boolean;
  constructor(message: string, refused: boolean) {
    super(message);
    this.refused = refused;
  }
}

function parseMessage(line: string): Message | undefined {
  try {
    const message = JSON.parse(line) as Message | null;
    return typeof message === 'object' && message !== null && 'id' in message ? message : undefined;
  } catch {
    return undefined;
  }
}

/** One connection to a fork server: requests with numbers, one JSON object per line. */
export class ForkConnection {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #ends = new Map<number, (exitCode: number | null) => void>();
  #lastId = 0;
  #text = '';
  #failure: ForkServerFailure | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').unref();
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (cause) => this.#fail(`The connection to the fork server broke: ${cause.message}`));
    socket.on('close', () => this.#fail('The fork server has closed the connection'));
  }

  /** Rejects if nobody listens at that path. */
  static open(path: string): Promise<ForkConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new ForkConnection(socket));
      });
    });
  }

  get usable(): boolean {
    return this.#failure === undefined;
  }

  /**
   * @param onEnd told once when the job that this starts has ended, with its exit code if the server knows it
   * @throws ForkServerFailure for an error, no answer in time or a broken connection
   */
  async ask(
    request: { readonly type: string } & Readonly<Record<string, unknown>>,
    milliseconds: number,
    onEnd?: (exitCode: number | null) => void,
  ): Promise<Message> {
    if (this.#failure) throw this.#failure;
    this.#lastId += 1;
    const id = this.#lastId;
    if (onEnd) this.#ends.set(id, onEnd);
    const late = setTimeout(
      () => this.#fail(`The fork server has not answered for ${milliseconds / 1000} seconds`),
      milliseconds,
    );
    try {
      return await new Promise<Message>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        this.#socket.write(`${JSON.stringify({ id, ...request })}\n`);
      });
    } catch (cause) {
      this.#ends.delete(id);
      throw cause;
    } finally {
      clearTimeout(late);
    }
  }

  close(): void {
    this.#fail('The connection to the fork server was closed');
  }

  #receive(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const message = parseMessage(line);
      if (message) this.#take(message);
      else this.#fail(`The fork server said ${line.slice(0, 200)}, which is no message`);
    }
  }

  #take(message: Message): void {
    const { id, error, ended } = message;
    if (id === null) {
      this.#fail(`The fork server reports: ${error}`);
    } else if (ended !== undefined) {
      this.#ends.get(id)?.(ended);
      this.#ends.delete(id);
    } else {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) pending?.resolve(message);
      else pending?.reject(new ForkServerFailure(`The fork server refused: ${error}`, true));
    }
  }

  /** Once broken, always broken: everyone who waits is told; jobs go on, and their files say how they end. */
  #fail(reason: string): void {
    if (this.#failure) return;
    this.#failure = new ForkServerFailure(reason, false);
    this.#socket.destroy();
    for (const [id, { reject }] of this.#pending) {
      // Its job has not started as far as anyone was told, so it has no end to tell either.
      this.#ends.delete(id);
      reject(this.#failure);
    }
    this.#pending.clear();
    const ends = [...this.#ends.values()];
    this.#ends.clear();
    for (const end of ends) end(null);
  }
}
