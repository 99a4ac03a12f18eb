/** Hours and dollars of a phase's work on one offer, with what interruptions, checkpoints and starts add. */
import type { BURST_MODES } from '#contracts/source/compute.ts';
import table from '#contracts/throughput.json' with { type: 'json' };
import {
  checkpointInterval,
  expectedSlowdown,
  type Interruptions,
  meanSecondsBetween,
} from './checkpoint-interval.ts';
import type { Offer } from './offer.ts';
import { checkpointBytes, type PhaseWorkload, type Range } from './workload.ts';

export type BurstMode = (typeof BURST_MODES)[number];

export interface Estimate {
  readonly offer: Offer;
  readonly width: number;
  readonly checkpointSeconds: number;
  /** Mean seconds between interruptions of one machine; infinite where nobody takes it away. */
  readonly between: number;
  /** Seconds from the end of one machine to the work of the next. */
  readonly restart: number;
  /** Hours of work without any interruption, low and high. */
  readonly workHours: Range;
  readonly hours: Range;
  readonly usd: Range;
  /** Most that the machines cost in an hour, together. */
  readonly usdPerHour: number;
}

const HOUR = 3600;
/** Each job runs on two machines; the first result counts. */
const COPIES = 2;
/** Of a disk beside the program, where one is not rented. */
const LOCAL_CHECKPOINT_SECONDS = 300;

export interface EstimateWish {
  readonly workload: PhaseWorkload;
  readonly offer: Offer;
  readonly mode: BurstMode;
  readonly maxUsdPerHour: number | null;
  readonly interruptions: Interruptions;
}

const copiesOf = (mode: BurstMode, { purchase }: Offer): number =>
  mode === 'redundant' && purchase !== 'local' ? COPIES : 1;

/** Machines at a time: as many as there are jobs, and as the hour may cost; 0 where not even one may be paid for. */
function widthOf({ workload, offer, mode, maxUsdPerHour }: EstimateWish): number {
  const wanted = mode === 'single' || offer.purchase === 'local' ? 1 : workload.width;
  const price = offer.usdPerHour[1] * copiesOf(mode, offer);
  if (maxUsdPerHour === null || price === 0) return wanted;
  return Math.min(wanted, Math.floor(maxUsdPerHour / price));
}

/** Null where one hour of one machine costs more than an hour may. */
export function estimate(wish: EstimateWish): Estimate | null {
  const { workload, offer, mode, interruptions } = wish;
  const width = widthOf(wish);
  if (width < 1) return null;
  const copies = copiesOf(mode, offer);
  const between = offer.purchase === 'spot' ? meanSecondsBetween(interruptions) : Number.POSITIVE_INFINITY;
  const write = checkpointBytes(workload) / (table.checkpointMBPerSecond * 1e6);
  const interval =
    between === Number.POSITIVE_INFINITY ? LOCAL_CHECKPOINT_SECONDS : checkpointInterval(write, between);
  // Of two copies, one that is taken away costs no time while the other works.
  const felt = copies > 1 ? between ** 2 / table.startSeconds : between;
  const restart = offer.purchase === 'local' ? 0 : table.startSeconds;
  const slowdown = expectedSlowdown({ write, interval, restart, between: felt });
  // A pipeline keeps its machine from one phase to the next, so that only the first one waits for it.
  const start = mode === 'pipeline' ? 0 : restart / HOUR;
  const at = (end: 0 | 1): { work: number; machine: number } => {
    const rate = offer.speed.flopPerSecond[end === 0 ? 1 : 0] * HOUR;
    const serial = workload.serialFlop[end] / rate;
    const shared = workload.sharedFlop[end] / rate;
    return { work: serial + shared / width, machine: serial + shared };
  };
  const [low, high] = [at(0), at(1)];
  const hours: Range = [low.work + start, high.work * slowdown + start];
  const usd: Range = [
    (low.machine + start * width) * offer.usdPerHour[0] * copies,
    (high.machine * slowdown + start * width) * offer.usdPerHour[1] * copies,
  ];
  const usdPerHour = offer.usdPerHour[1] * width * copies;
  return {
    offer,
    width,
    checkpointSeconds: interval,
    between: felt,
    restart,
    workHours: [low.work, high.work],
    hours,
    usd,
    usdPerHour,
  };
}
