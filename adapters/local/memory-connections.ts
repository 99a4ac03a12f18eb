/**
 * Connections in memory: a socket of the local server lives in its process and ends with it, so a record that outlived
 * the process would describe nothing. What was delivered is in the log, and clients say themselves where to go on.
 */
import type { Connection, Subscription } from '#core/domain/socket.ts';
import type { ConnectionReader } from '#core/ports/connection-reader.ts';
import type { ConnectionWriter } from '#core/ports/connection-writer.ts';

type OfConnections = Map<string, Subscription>;

export function memoryConnections(): ConnectionReader & ConnectionWriter {
  const open = new Map<string, Connection>();
  /** By run, then by connection. */
  const runs = new Map<string, OfConnections>();
  /** By connection, then by run. */
  const followed = new Map<string, Map<string, Subscription>>();
  const nameOf = (tenant: string, run: string) => `${tenant}/${run}`;
  const forget = (tenant: string, run: string, connection: string) => {
    const name = nameOf(tenant, run);
    const ofRun = runs.get(name);
    ofRun?.delete(connection);
    if (ofRun?.size === 0) runs.delete(name);
    followed.get(connection)?.delete(run);
  };
  return {
    async connection(id, now) {
      const found = open.get(id);
      return found && found.expiresAt > now ? found : null;
    },
    followed: async (connection) => [...(followed.get(connection)?.keys() ?? [])].sort(),
    subscription: async (tenant, run, connection) => runs.get(nameOf(tenant, run))?.get(connection) ?? null,
    async *followers(tenant, run) {
      const all = [...(runs.get(nameOf(tenant, run))?.values() ?? [])];
      yield all.sort((one, other) => (one.connection < other.connection ? -1 : 1));
    },
    async open(connection) {
      open.set(connection.id, connection);
    },
    async close(id) {
      for (const { tenant, run } of [...(followed.get(id)?.values() ?? [])]) forget(tenant, run, id);
      followed.delete(id);
      open.delete(id);
    },
    async save(subscription, expected) {
      const { tenant, run, connection } = subscription;
      const name = nameOf(tenant, run);
      if ((runs.get(name)?.get(connection)?.recordVersion ?? null) !== expected) return false;
      place(runs, name, connection, subscription);
      place(followed, connection, run, subscription);
      return true;
    },
    async drop(tenant, run, connection) {
      forget(tenant, run, connection);
    },
  };
}

function place<Value>(
  all: Map<string, Map<string, Value>>,
  outer: string,
  inner: string,
  value: Value,
): void {
  const own = all.get(outer) ?? new Map<string, Value>();
  all.set(outer, own);
  own.set(inner, value);
}
