/** Which process is killed when: half of the kills hit jobs, half the server, at moments that a seed chooses. */
import type { Random } from './random.ts';

/** The whole process group of a job, as a lost machine takes it; the one process that works in it; the server. */
export type Target = 'job' | 'worker' | 'server';

/**
 * `submit`: while a submission is answered. `start`: within moments of a job's start. `training`, `evaluation`: while such
 * a job is at work. `handover`: within moments of a job's end, where stages and phases change. `any`: whenever.
 */
export type Moment = 'submit' | 'start' | 'training' | 'evaluation' | 'handover' | 'any';

export interface Kill {
  readonly target: Target;
  readonly moment: Moment;
}

const JOB_KILLS: readonly Kill[] = [
  { target: 'job', moment: 'start' },
  { target: 'job', moment: 'training' },
  { target: 'job', moment: 'evaluation' },
  { target: 'job', moment: 'any' },
  { target: 'worker', moment: 'any' },
];
const SERVER_KILLS: readonly Kill[] = (
  ['submit', 'start', 'training', 'handover', 'evaluation', 'any'] as const
).map((moment) => ({ target: 'server', moment }));

/** Every kind in turn, in an order of chance; the server is hit by the larger half. */
export function planKills(count: number, random: Random): Kill[] {
  const kills = Array.from({ length: count }, (_, number): Kill => {
    const list = number % 2 === 0 ? SERVER_KILLS : JOB_KILLS;
    // Counts from the middle, so that even two kills hit something at work.
    return list[(Math.floor(number / 2) + 2) % list.length] as Kill;
  });
  for (let end = kills.length - 1; end > 0; end -= 1) {
    const other = random.below(end + 1);
    [kills[end], kills[other]] = [kills[other] as Kill, kills[end] as Kill];
  }
  return kills;
}
