/**
 * Spot on this machine: jobs are charged by a seeded feed, and their real processes get the SIGTERM that a reclaimed host
 * would send them. Everything else is the way of any job: it writes its checkpoint, ends with 75 and is tried again.
 */
import { instancesIn, PRICES } from '#contracts/source/prices.ts';
import { mustLeaveSpot } from '#core/domain/burst/deadline.ts';
import { type SpotFeed, type SpotSettings, spotFeed, spotSettings } from '#core/domain/burst/spot-feed.ts';
import { hoursOf, type Machine, standingEntries } from '#core/domain/cost-entry.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { Run } from '#core/domain/run.ts';
import type { Ports } from '#core/ports/ports.ts';
import { originOf } from './job-output.ts';
import type { JobDetail } from './jobs/job.ts';

const HOUR = 3600;

/** @throws ForgeError `validation` */
export function readSpot(text: string | undefined): SpotSettings | null {
  if (text === undefined) return null;
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // What is no JSON is refused with what has the wrong shape.
  }
  const parsed = spotSettings.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ForgeError('validation', `FORGE_SPOT is ${text.slice(0, 200)}; expected the JSON of a market.`, {
    hint: 'See docs/burst.md, "On one machine".',
  });
}

export interface SpotMarket {
  /** What the attempt that runs now, or ran last, is charged by. */
  machineOf(job: JobDetail): Promise<Machine>;
  close(): void;
}

type MarketPorts = Pick<Ports, 'runs' | 'costs' | 'clock'>;

export function spotMarket(facts: {
  readonly settings: SpotSettings;
  readonly ports: MarketPorts;
  readonly interrupt: (jobId: string) => void;
}): SpotMarket {
  const { settings, ports, interrupt } = facts;
  const prices = pricesOf(settings);
  const { seed, hourSeconds, meanHours } = settings;
  const feeds = new Map<string, SpotFeed>();
  const machines = new Map<string, Promise<Machine>>();
  const timers = new Set<NodeJS.Timeout>();

  /** The seed of a run chooses its feed, so that a run can be made again with the very same interruptions. */
  const feedOf = ({ id, resolved }: Run): SpotFeed => {
    const found = feeds.get(id) ?? spotFeed(seed + resolved.seed, prices.spot, meanHours);
    feeds.set(id, found);
    return found;
  };

  async function hire(job: JobDetail): Promise<Machine> {
    const { tenant, runId } = originOf(job) ?? { tenant: '', runId: '' };
    const run = await ports.runs.get(tenant, runId);
    if (run === null) return prices.onDemand('a job of no run');
    const { usdPerHour, hours } = feedOf(run).next();
    const why = await reasonAgainstSpot(ports, settings, run);
    if (why !== null) return prices.onDemand(why);
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        interrupt(job.jobId);
      },
      hours * hourSeconds * 1000,
    );
    timers.add(timer.unref());
    return prices.onSpot(usdPerHour);
  }

  return {
    machineOf(job) {
      const number = job.attempts.length + (job.status === 'RUNNING' ? 1 : 0);
      const key = `${job.jobId}/${Math.max(1, number)}`;
      const found = machines.get(key) ?? hire(job);
      machines.set(key, found);
      return found;
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** The two ways to buy the one type of machine, with what the ledger writes of them. */
function pricesOf({ seed, hourSeconds, instanceType, region }: SpotSettings) {
  const instance = instancesIn(PRICES, region)[instanceType];
  if (!instance?.spotUsdPerHour)
    throw new ForgeError(
      'validation',
      `contracts/prices.json knows no Spot price of ${instanceType} in ${region}.`,
    );
  const { onDemandUsdPerHour, spotUsdPerHour } = instance;
  const source = `${hourSeconds} s an hour, prices of ${PRICES.asOf} in ${region}`;
  /** Ledgers count real hours: an hour of the market passes in `hourSeconds` of them. */
  const perRealHour = (usdPerHour: number) => (usdPerHour * HOUR) / hourSeconds;
  return {
    spot: spotUsdPerHour,
    onDemand: (why: string): Machine => ({
      instanceType,
      purchase: 'on-demand',
      usdPerHour: perRealHour(onDemandUsdPerHour),
      pricedBy: `${source}; ${why}`,
    }),
    onSpot: (usdPerHour: number): Machine => ({
      instanceType,
      purchase: 'spot',
      usdPerHour: perRealHour(usdPerHour),
      pricedBy: `feed ${seed}, ${source}`,
    }),
  };
}

/** Null where the next attempt may be taken away. */
async function reasonAgainstSpot(
  { costs, clock }: MarketPorts,
  { hourSeconds, workHours, restartHours }: SpotSettings,
  { tenant, id, document, startedAt }: Run,
): Promise<string | null> {
  if (document.compute?.spot === 'never') return 'spot: never';
  const deadline = document.budget?.deadlineHours;
  if (deadline === undefined || startedAt === null) return null;
  const now = clock.now();
  const scale = HOUR / hourSeconds;
  const entries = standingEntries(await costs.list(tenant, id));
  const done = entries.reduce((sum, entry) => sum + hoursOf(entry, now) * scale, 0);
  const passed = ((now.getTime() - Date.parse(startedAt)) / 1000 / HOUR) * scale;
  const workLeft = Math.max(0, workHours - done);
  const late = mustLeaveSpot({ workLeft, timeLeft: deadline - passed, restart: restartHours });
  return late ? `the deadline of ${deadline} h` : null;
}
