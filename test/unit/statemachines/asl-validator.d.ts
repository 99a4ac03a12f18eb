/** The part of the package that the tests use; it ships no types. */
declare module 'asl-validator' {
  export default function validate(
    definition: unknown,
    options: { readonly checkArn: boolean; readonly checkPaths: boolean },
  ): { readonly isValid: boolean; readonly errors: readonly unknown[] };
}
