#!/usr/bin/env node
/** npm start: sets up what is missing, then runs the demo: eight phases on real text, with live progress. */
import { runForge } from './run-forge.mjs';

await runForge('demo');
