/** How the pages are built: static files, nothing inline, nothing fetched from elsewhere. */
import { defineConfig } from 'vite';

/** Where `npm run dev -w` style work finds the API; the built pages ask whoever serves them. */
const API = process.env.FORGE_ENDPOINT ?? 'http://127.0.0.1:4505';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.cache/vite',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
    emptyOutDir: true,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/v1': { target: API, ws: true },
      '/blobs': { target: API },
    },
  },
});
