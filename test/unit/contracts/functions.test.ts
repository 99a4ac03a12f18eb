/** The manifest of functions: the words that deployment and the composition of the AWS ports share. */
import { existsSync } from 'node:fs';
import manifest from '#contracts/functions.json' with { type: 'json' };
import { functionsManifest, GRANTS, RESOURCE_VARIABLES, variablesOf } from '#contracts/source/functions.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { subscriptionsManifest } from '#contracts/source/subscriptions.ts';
import subscriptions from '#contracts/subscriptions.json' with { type: 'json' };

test('the manifest has the shape that deployment reads, and its entries exist', () => {
  expect(parseDocument(functionsManifest, manifest)).toMatchObject({ ok: true });
  for (const { entry } of Object.values(manifest.functions)) expect(existsSync(entry)).toBe(true);
});

test('a grant that nobody knows is refused by name', () => {
  const api = { ...manifest.functions.api, grants: ['table:drop'] };
  const parsed = parseDocument(functionsManifest, { ...manifest, functions: { api } });
  expect(parsed.ok ? [] : parsed.problems.map(({ pointer }) => pointer)).toEqual(['/functions/api/grants/0']);
});

test('every grant is of a resource that a variable finds', () => {
  for (const grant of GRANTS) expect(variablesOf([grant])).toHaveLength(1);
  expect([...variablesOf(GRANTS)].sort()).toEqual(Object.values(RESOURCE_VARIABLES).flat().sort());
  expect(variablesOf(['table:read', 'table:write'])).toEqual(['FORGE_TABLE']);
});

test('subscribers are functions that the bus may call, and every one of those is a subscriber', () => {
  expect(parseDocument(subscriptionsManifest, subscriptions)).toMatchObject({ ok: true });
  const called = Object.entries(manifest.functions).filter(([, { triggers }]) =>
    (triggers as readonly string[]).includes('subscription'),
  );
  const subscribed = subscriptions.subscriptions.map((each) => each.function);
  expect([...new Set(subscribed)].sort()).toEqual(called.map(([name]) => name).sort());
});

test('progress is not put on the bus, so nobody may subscribe to it', () => {
  const wrong = { schemaVersion: 1, subscriptions: [{ function: 'notify', types: ['phase_progress'] }] };
  expect(parseDocument(subscriptionsManifest, wrong).ok).toBe(false);
});
