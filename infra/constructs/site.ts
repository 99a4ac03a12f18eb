import { Duration, Fn } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  type IOrigin,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Bucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { PRIVATE_BUCKET } from './blob-bucket.ts';
import type { UserApi } from './http-apis.ts';
import { acknowledge } from './nag-acknowledgement.ts';
import { removalOf } from './removal.ts';

/** Reads that change with a release only. Whoever asks again with the same token is answered at the edge. */
export const CACHED_READS = ['/v1/phases', '/v1/phases/*', '/v1/claims', '/v1/claims/*', '/v1/openapi.json'];
const CACHED = { usual: Duration.minutes(1), longest: Duration.minutes(5) };

/** A page's own path is none of a file: the dashboard finds its way from index.html. */
const TO_INDEX = `function handler(event) {
  var request = event.request;
  if (!/\\.[a-z0-9]+$/i.test(request.uri)) request.uri = '/index.html';
  return request;
}`;

/** No script, style or frame but the site's own; calls go to the site, the sign-in and the socket. */
const CONTENT_SECURITY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self' https://*.amazoncognito.com https://*.amazonaws.com wss://*.amazonaws.com",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export interface SiteProps {
  readonly config: StageConfig;
  readonly api: UserApi;
}

/** The dashboard and `/v1` behind one name, so that a browser needs no permission to call across origins. */
export class Site extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  readonly #domain: StageConfig['site']['domain'];

  constructor(scope: Construct, id: string, { config, api }: SiteProps) {
    super(scope, id);
    this.#domain = config.site.domain;
    const removalPolicy = removalOf(config);
    const logs = new Bucket(this, 'AccessLogs', {
      ...PRIVATE_BUCKET,
      // The edge writes its logs with an ACL and no other way that costs nothing.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ id: 'old', expiration: Duration.days(config.logRetentionDays) }],
      removalPolicy,
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...PRIVATE_BUCKET,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: logs as never,
      serverAccessLogsPrefix: 'site/',
      removalPolicy,
    });
    this.distribution = this.#distribution(config, logs, this.#apiOrigin(api));
    this.#acknowledge(config);
  }

  /** Without a slash at its end. */
  get url(): string {
    return `https://${this.#domain?.name ?? this.distribution.distributionDomainName}`;
  }

  #apiOrigin({ url }: UserApi): IOrigin {
    const host = Fn.select(2, Fn.split('/', url));
    return new HttpOrigin(host, {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    });
  }

  #distribution({ site, stage }: StageConfig, logBucket: Bucket, api: IOrigin): Distribution {
    const { domain, webAclArn } = site;
    const uncached: BehaviorOptions = {
      origin: api,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    };
    const cached = {
      ...uncached,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      cachePolicy: this.#readCache(stage),
    };
    return new Distribution(this, 'Distribution', {
      comment: `Agent Forge ${stage}`,
      defaultRootObject: 'index.html',
      defaultBehavior: this.#pages(),
      additionalBehaviors: {
        ...Object.fromEntries(CACHED_READS.map((path) => [path, cached])),
        '/v1/*': uncached,
      },
      logBucket: logBucket as never,
      logFilePrefix: 'edge/',
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      ...(domain && {
        domainNames: [domain.name],
        certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      }),
      ...(webAclArn && { webAclId: webAclArn }),
    });
  }

  /** The token is part of the key: an answer is given again to who was allowed to have it, and to nobody else. */
  #readCache(stage: string): CachePolicy {
    return new CachePolicy(this, 'Reads', {
      cachePolicyName: `forge-${stage}-reads`,
      headerBehavior: CacheHeaderBehavior.allowList('Authorization'),
      queryStringBehavior: CacheQueryStringBehavior.all(),
      minTtl: Duration.seconds(0),
      defaultTtl: CACHED.usual,
      maxTtl: CACHED.longest,
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
  }

  #pages(): BehaviorOptions {
    const rewrite = new EdgeFunction(this, 'ToIndex', {
      code: FunctionCode.fromInline(TO_INDEX),
      runtime: FunctionRuntime.JS_2_0,
    });
    return {
      origin: S3BucketOrigin.withOriginAccessControl(this.bucket as never),
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: this.#headers(),
      functionAssociations: [{ function: rewrite, eventType: FunctionEventType.VIEWER_REQUEST }],
    };
  }

  #headers(): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: CONTENT_SECURITY, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
    });
  }

  #acknowledge({ site }: StageConfig): void {
    acknowledge(this.distribution, 'no-geography');
    if (!site.webAclArn) acknowledge(this.distribution, 'no-web-acl');
    if (!site.domain) acknowledge(this.distribution, 'certificate-of-cloudfront');
  }
}
