/** /v1/claims: what was claimed, and what the records say to it. */
import * as z from 'zod';
import { CLAIM_VERDICTS, claimVerdict } from '#contracts/source/claims.ts';
import { getClaim, listClaims } from '#core/application/queries/list-claims.ts';
import { oneOf } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { listOf } from '../schemas/paging.ts';

const tag = 'claims';

export function addClaimRoutes(app: ApiApp): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/claims',
      tag,
      summary: 'List the inherited claims with their verdicts',
      query: z.object({ verdict: z.enum(CLAIM_VERDICTS).optional() }),
      answers: { 200: listOf(claimVerdict) },
    },
    (context) =>
      context.json({ items: listClaims(oneOf('verdict', context.req.query('verdict'), CLAIM_VERDICTS)) }),
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/claims/{id}',
      tag,
      summary: 'Get a claim with every reading of it',
      params: z.object({ id: z.string() }),
      answers: { 200: claimVerdict },
    },
    (context) => context.json(getClaim(context.req.param('id') ?? '')),
  );
}
