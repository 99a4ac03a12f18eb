/** An HTTPS server that tests may call: a certificate for hooks.example, and the authority that signed it. Nobody trusts either. */
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

export const TEST_AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBkzCCATmgAwIBAgIUOaqoktV3bDHaQMdYl3DXK2cQ7+owCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTQWdlbnQgRm9yZ2UgdGVzdCBDQTAgFw0yNjExMjMyMTQyMzBa
GA8yMTI2MTAzMDIxNDIzMFowHjEcMBoGA1UEAwwTQWdlbnQgRm9yZ2UgdGVzdCBD
QTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFXWvM3D0gwIG8kXzUl8ntpAXJbH
oyO+4HZE16DxEgJuWwQovm570opT+wFqKThme99xtz630JsJ/rKEHZMhHkKjUzBR
MB0GA1UdDgQWBBRBpAdQqCib7v3Wcbxe3XbgCQx7MTAfBgNVHSMEGDAWgBRBpAdQ
qCib7v3Wcbxe3XbgCQx7MTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA
MEUCIQDlgTG5MZC/NieCtsas+IMqdGjP4dJnSy0NbMrxXYTBcQIgFKUD9WWkVC8a
VmlMTU3gVmhPZD7nh1bxIci13NDOYWg=
-----END CERTIFICATE-----
`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBoTCCAUegAwIBAgIUKETdDIgOP1sBPdiUojmqBs35j58wCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTQWdlbnQgRm9yZ2UgdGVzdCBDQTAgFw0yNjExMjMyMTQyMzBa
GA8yMTI2MTAzMDIxNDIzMFowGDEWMBQGA1UEAwwNaG9va3MuZXhhbXBsZTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABLwSPn3G/PHEq/duIsHofQcvn/kCOQXptcjt
SdAsKSaXRbfEPSJ8W5OLrLexmnSqKetS4Qa/qD+E7qXYbnR5FUCjZzBlMBgGA1Ud
EQQRMA+CDWhvb2tzLmV4YW1wbGUwCQYDVR0TBAIwADAdBgNVHQ4EFgQUfduwItrc
zOiENBW3a0HExKqlmqUwHwYDVR0jBBgwFoAUQaQHUKgom+791nG8Xt124AkMezEw
CgYIKoZIzj0EAwIDSAAwRQIhAKgTRWKWulChVBZcWf1E8xt3Z8+wRQB1gtNVOvIP
xU3RAiA598vWK3RbM2th/cY4SMC3ZKLPWmSOJgV8fYv4J8pirg==
-----END CERTIFICATE-----
`;

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5AJ2AkDqAf2i2TCc
h1bZioxoYrRPY9Fe+YBfY25q2rahRANCAAS8Ej59xvzxxKv3biLB6H0HL5/5AjkF
6bXI7UnQLCkml0W3xD0ifFuTi6y3sZp0qinrUuEGv6g/hO6l2G50eRVA
-----END PRIVATE KEY-----
`;

export interface SecureServer {
  readonly port: number;
  readonly server: Server;
  close(): Promise<void>;
}

/** On a free port of this machine. */
export async function secureServer(listener: RequestListener): Promise<SecureServer> {
  const server = createServer({ cert: CERTIFICATE, key: KEY }, listener);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    port: (server.address() as AddressInfo).port,
    server,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
