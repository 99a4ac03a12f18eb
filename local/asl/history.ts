import type { Json } from './json.ts';

/**
 * One event of an execution's history. Names and order are AWS's; the details that AWS nests under
 * `stateEnteredEventDetails` and the like stand directly on the event, and JSON is parsed.
 */
export interface HistoryEvent {
  id: number;
  /** Id of the event that caused this one; 0 at the start. */
  previousEventId: number;
  type: string;
  /** ISO-8601. */
  timestamp: string;
  name?: string;
  input?: Json;
  output?: Json;
  assignedVariables?: Record<string, Json>;
  error?: string;
  cause?: string;
  location?: string;
  state?: string;
  resource?: string;
  resourceType?: string;
  parameters?: Json;
  timeoutInSeconds?: number;
  heartbeatInSeconds?: number;
  taskCredentials?: Json;
  length?: number;
  index?: number;
  mapRunArn?: string;
}
