/** An object as it is now. */
export interface ObjectsTable {
  kind: string;
  name: string;
  uid: string;
  generation: number;
  resource_version: number;
  json: string;
}

/** The change log: one row for each resourceVersion after the compacted ones. */
export interface ChangesTable {
  resource_version: number;
  kind: string;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  json: string;
}

/** Goes with its object (a foreign key cascades). */
interface SecretsTable {
  uid: string;
  value: string;
}

/** The uids of objects that were deleted, by the resourceVersion of that. */
interface DeletionsTable {
  resource_version: number;
  uid: string;
}

/** What the idle detector remembers of an object; goes with it (a foreign key cascades). */
interface ActivityTable {
  uid: string;
  json: string;
}

/**
 * `resource_version`: the newest one; `compacted`: the newest one that the change log has forgotten; `activity_observed`: when activity was
 * last looked at, in ms since the epoch; `searched`: 1 once what runs without a record was looked for.
 */
export interface MetaTable {
  key: 'resource_version' | 'compacted' | 'activity_observed' | 'searched';
  value: number;
}

export interface Tables {
  objects: ObjectsTable;
  changes: ChangesTable;
  secrets: SecretsTable;
  deletions: DeletionsTable;
  activity: ActivityTable;
  meta: MetaTable;
}
