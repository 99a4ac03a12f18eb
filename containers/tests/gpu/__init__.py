"""The same code on the best device there is: `npm run test:gpu`, and what the CPU can in `npm test`."""
