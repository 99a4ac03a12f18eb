/** Transactions that are tried again while others are faster, and that are all or nothing whatever their size. */
import { ForgeError } from '#core/domain/errors.ts';
import type { Backoff } from './backoff.ts';
import { dropOlderParts, withParts } from './dynamo-documents.ts';
import { contended, isThrottle, itemTooLarge, throttled } from './dynamo-failure.ts';
import type { DynamoTable, Step } from './dynamo-table.ts';

/** DynamoDB takes as many actions in one transaction. */
export const MOST_STEPS = 100;

export type DecidedStep = Step & {
  /** What it means that the condition does not hold: an end, or that the plan has to be made anew. */
  readonly refusal?: ForgeError | 'again';
  /** A row that means nothing without its record, so that it may be written before it where a transaction is full. */
  readonly early?: boolean;
};

export interface DynamoTransactions {
  /**
   * Writes all steps or none. The plan is made anew for every try. Plans with a turn in common wait for each other in
   * this process; against other processes the conditions decide.
   */
  decide(plan: () => Promise<readonly DecidedStep[]>, turns?: readonly string[]): Promise<void>;
}

export function dynamoTransactions(table: DynamoTable, backoff: Backoff): DynamoTransactions {
  const inTurn = takingTurns();
  const attempt = async (plan: () => Promise<readonly DecidedStep[]>): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      const steps = await plan();
      const reasons = await writeAll(table, steps);
      if (reasons === null) return;
      judge(steps, reasons);
      if (await backoff(tries)) continue;
      throw reasons.some(isThrottle) ? throttled(reasons.join(', ')) : contended();
    }
  };
  return {
    decide: (plan, turns = []) => inTurn([...new Set(turns)].sort(), () => attempt(plan)),
  };
}

async function writeAll(table: DynamoTable, all: readonly DecidedStep[]): Promise<readonly string[] | null> {
  if (all.length === 0) return null;
  const early = all.length > MOST_STEPS ? all.filter((step) => step.early) : [];
  const rest = all.filter((step) => !early.includes(step));
  if (rest.length > MOST_STEPS) throw tooManySteps(rest.length);
  const { steps, parts } = withParts(rest);
  await table.putAll([...parts, ...early.flatMap((step) => ('put' in step ? [step.put] : []))]);
  const reasons = await table.transact(steps);
  if (reasons === null) await dropOlderParts(table, steps);
  // In the order of the steps as they were planned; what was written early cannot have failed.
  return reasons && all.map((step) => reasons[rest.indexOf(step)] ?? 'None');
}

function tooManySteps(count: number): ForgeError {
  return new ForgeError('too_large', `A commit of ${count} items is more than the store writes at once.`, {
    code: 'commit_too_large',
    hint: `Commit fewer records together: at most ${MOST_STEPS} items, of which a model takes six and an event two.`,
  });
}

/** Throws what cannot be mended by trying again, the first refusal first. */
function judge(steps: readonly DecidedStep[], reasons: readonly string[]): void {
  for (const [at, reason] of reasons.entries()) {
    if (reason === 'ConditionalCheckFailed') {
      const refusal = steps[at]?.refusal;
      if (refusal instanceof ForgeError) throw refusal;
      continue;
    }
    if (reason === 'None' || reason === 'TransactionConflict' || isThrottle(reason)) continue;
    if (reason === 'ItemCollectionSizeLimitExceeded' || reason === 'ValidationError')
      throw itemTooLarge(reason);
    throw new Error(`the transaction was cancelled for ${reason}`);
  }
}

/** Runs pieces of work one after another where they have a name in common; names are sorted, so that nobody waits in a circle. */
function takingTurns() {
  const last = new Map<string, Promise<unknown>>();
  return async (names: readonly string[], work: () => Promise<void>): Promise<void> => {
    const before = names.map((name) => last.get(name));
    const turn = Promise.allSettled(before).then(work);
    for (const name of names) last.set(name, turn);
    try {
      await turn;
    } finally {
      for (const name of names) if (last.get(name) === turn) last.delete(name);
    }
  };
}
