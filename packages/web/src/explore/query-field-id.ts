/** The id of the field for TraceQL, by which a key of the page finds it without loading it. */
export const queryFieldId = 'explore-query';
