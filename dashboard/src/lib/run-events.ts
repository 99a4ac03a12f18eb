/**
 * The events of a run as they come: over the event socket, from the last number on after every cut, each once. Where no
 * socket can be opened the pages of JSON are asked instead.
 */
import { useSyncExternalStore } from 'react';
import { read } from './api.ts';
import type { ForgeEvent } from './api-types.ts';
import { accessToken } from './session.ts';
import { settings } from './settings.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'ended';

export interface RunEvents {
  readonly events: readonly ForgeEvent[];
  readonly connection: Connection;
}

interface Frame {
  readonly type: string;
  readonly seq?: number;
}

/** What comes within this time is shown at once: a busy run sends hundreds of events a second. */
const GATHER_MS = 200;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const PING_MS = 240_000;
const NOTHING: RunEvents = { events: [], connection: 'connecting' };

class RunFeed {
  #shown: RunEvents = NOTHING;
  #coming: ForgeEvent[] = [];
  #last = 0;
  #listeners = new Set<() => void>();
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;
  #flush: ReturnType<typeof setTimeout> | undefined;
  #wait = FIRST_WAIT_MS;
  readonly #run: string;

  constructor(run: string) {
    this.#run = run;
  }

  readonly shown = (): RunEvents => this.#shown;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  #tell(change: Partial<RunEvents>): void {
    this.#shown = { ...this.#shown, ...change };
    for (const listener of this.#listeners) listener();
  }

  async #open(): Promise<void> {
    if (this.#shown.connection === 'ended') return;
    const { socketUrl } = await settings();
    const token = await accessToken();
    if (this.#listeners.size === 0 || this.#socket) return;
    const own = `${location.origin.replace(/^http/, 'ws')}/v1/socket`;
    const socket = new WebSocket(socketUrl || own, ['forge.v1', `bearer.${token}`]);
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#wait = FIRST_WAIT_MS;
      socket.send(JSON.stringify({ action: 'subscribe', run: this.#run, after: this.#last }));
      this.#ping = setInterval(() => socket.send('{"action":"ping"}'), PING_MS);
    };
    socket.onmessage = ({ data }) => this.#hear(socket, JSON.parse(String(data)) as Frame);
    socket.onclose = () => {
      clearInterval(this.#ping);
      this.#socket = undefined;
      if (this.#listeners.size === 0 || this.#shown.connection === 'ended') return;
      this.#tell({ connection: 'lost' });
      if (!opened) void this.#readPages().catch(() => undefined);
      this.#timer = setTimeout(() => void this.#open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    };
  }

  #close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#ping);
    this.#socket?.close();
    this.#socket = undefined;
  }

  #hear(socket: WebSocket, frame: Frame): void {
    if (frame.seq !== undefined) this.#take(frame as ForgeEvent);
    else if (frame.type === 'subscribed') this.#tell({ connection: 'live' });
    else if (frame.type === 'behind') socket.send('{"action":"ping"}');
    else if (frame.type === 'resync') {
      this.#last = 0;
      this.#coming = [];
      this.#tell({ events: [] });
    } else if (frame.type === 'end' || frame.type === 'problem') {
      this.#gather();
      this.#tell({ connection: 'ended' });
      socket.close();
    }
  }

  #take(event: ForgeEvent): void {
    if (event.seq <= this.#last) return;
    this.#last = event.seq;
    this.#coming.push(event);
    this.#flush ??= setTimeout(() => this.#gather(), GATHER_MS);
  }

  #gather(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    if (this.#coming.length === 0) return;
    const coming = this.#coming;
    this.#coming = [];
    this.#tell({ events: [...this.#shown.events, ...coming] });
  }

  async #readPages(): Promise<void> {
    for (let next: number | null = this.#last; next !== null; ) {
      const after: number = next;
      const page = await read('/v1/runs/{id}/events', { id: this.#run }, { after });
      for (const event of page.items) this.#take(event);
      next = page.next;
    }
  }
}

const feeds = new Map<string, RunFeed>();

function feedOf(run: string): RunFeed {
  const known = feeds.get(run) ?? new RunFeed(run);
  feeds.set(run, known);
  return known;
}

/** Events of a run, oldest first; all who follow one run share one connection. */
export function useRunEvents(run: string): RunEvents {
  const feed = feedOf(run);
  return useSyncExternalStore(feed.listen, feed.shown);
}

/** Where an event stands, whatever is added after it. */
export const eventPath = (event: ForgeEvent): string =>
  `/v1/runs/${encodeURIComponent(event.run)}/events?after=${event.seq - 1}`;
