/** Which runs start by themselves. Apart from the other variables: few functions have to know a run's document. */
import { TRIGGERS_VARIABLE } from '#contracts/source/functions.ts';
import { type Triggers, triggers } from '#contracts/source/triggers.ts';
import { readDocument } from './environment.ts';

/** What starts runs by itself; nothing where nothing is set. */
export const readTriggers = (environment: NodeJS.ProcessEnv = process.env): Triggers =>
  readDocument(
    TRIGGERS_VARIABLE,
    triggers,
    environment[TRIGGERS_VARIABLE] ?? '{"apiVersion":"forge/v1","kind":"Triggers"}',
  );
