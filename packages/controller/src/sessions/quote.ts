const MAX_LENGTH = 300;

/** Rancher's words, which may be a page of Java, as they fit into a condition. */
export const quote = (text: string): string => (text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text);
