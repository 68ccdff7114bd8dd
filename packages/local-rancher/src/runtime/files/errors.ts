/** Why a container's files can't be had. `code` is stable, `message` is for people. */
export class FilesError extends Error {
  override readonly name = 'FilesError';
  constructor(
    readonly code: 'NotFound' | 'PathNotFound' | 'NotAFile' | 'PathRefused' | 'RangeNotSatisfiable' | 'TooManyChanges' | 'BadArchive',
    message: string,
  ) {
    super(message);
  }
}
