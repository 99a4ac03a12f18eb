/** How the declaration of a verb hands over to the code that does it. */
import type { Context } from '../context.ts';

/** Does the work of one verb and keeps its exit code; none is 0. The work is imported only when it is asked for. */
export type Act = (work: (context: Context) => Promise<number | undefined>) => Promise<void>;
