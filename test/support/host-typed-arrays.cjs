/** Jest's Node environment with the typed arrays of the host: a native module knows no others. */
const { TestEnvironment } = require('jest-environment-node');

const NAMES = [
  'ArrayBuffer',
  'BigInt64Array',
  'BigUint64Array',
  'Float32Array',
  'Float64Array',
  'Int8Array',
].concat(['Int16Array', 'Int32Array', 'Uint8Array', 'Uint16Array', 'Uint32Array', 'Uint8ClampedArray']);

module.exports = class HostTypedArrays extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of NAMES) this.global[name] = globalThis[name];
  }
};
