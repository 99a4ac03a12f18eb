/** How the HTTP API of a deployment knows who asks: what deployment writes into `FORGE_IDENTITY`, as JSON. */
import * as z from 'zod';
import { name } from './scalars.ts';

export const IDENTITY_VARIABLE = 'FORGE_IDENTITY';

const role = z.enum(['viewer', 'runner', 'maintainer', 'admin']);

export const identitySettings = z.strictObject({
  /** Tokens of an Amazon Cognito user pool, whose groups name tenant and role: `tenant:<tenant>:<role>`. */
  cognito: z
    .strictObject({
      region: z.string().min(1),
      userPoolId: z.string().min(1),
      clientIds: z.array(z.string().min(1)).min(1),
    })
    .optional(),
  /** IAM roles and users whose signed requests are taken, and for whom they act. */
  callers: z.array(z.strictObject({ arn: z.string().startsWith('arn:'), tenant: name, role })).default([]),
});

export type IdentitySettings = Readonly<z.output<typeof identitySettings>>;
