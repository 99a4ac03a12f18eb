#!/usr/bin/env node
/** npm run serve: sets up what is missing, then keeps the local API up until Ctrl-C. */
import { runForge } from './run-forge.mjs';

await runForge('serve');
