/** A request that AWS Batch would refuse; the name is the one the state machine sees on AWS. */
export class ClientException extends Error {
  override readonly name = 'ClientException';
}

/** The runner was closed while someone waited; the job itself goes on. */
export class JobRunnerClosed extends Error {
  override readonly name = 'JobRunnerClosed';
  constructor(jobId: string) {
    super(`job ${jobId} was still open when the job runner was closed; it goes on, resume() and wait again`);
  }
}

export const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));
