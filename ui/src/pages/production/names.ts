/** The names of metrics, and of their attributes, that this page draws. */

export const HTTP_DURATION = "http.server.request.duration";
export const METHOD = "http.request.method";
export const ROUTE = "http.route";
export const STATUS = "http.response.status_code";

export const PREDICTIONS = "modelmetry.model.predictions";
export const PREDICTION_DURATION = "modelmetry.model.prediction.duration";
export const CONFIDENCE = "modelmetry.model.prediction.confidence";
export const ACCURACY = "modelmetry.model.accuracy";
export const ACCURACY_SAMPLES = "modelmetry.model.accuracy.samples";
export const GROUND_TRUTHS = "modelmetry.model.ground_truths";
export const RESULT = "result";
export const MODEL = "model.name";
export const VERSION = "model.version";
export const OUTCOME = "outcome";

/** Of both generations of the conventions. */
export const LLM_DURATIONS = ["gen_ai.client.operation.duration", "gen_ai.client.inference.duration"] as const;
export const LLM_TOKENS = "modelmetry.llm.tokens";
export const LLM_COST = "modelmetry.llm.cost";
export const REQUEST_MODEL = "gen_ai.request.model";
export const PROVIDER = "gen_ai.provider.name";
export const TOKEN_TYPE = "gen_ai.token.type";
export const ERROR_TYPE = "error.type";

export const CPU = "system.cpu.utilization";
export const MEMORY = "system.memory.utilization";
export const MEMORY_USAGE = "system.memory.usage";
export const MEMORY_LIMIT = "system.memory.limit";
export const MEMORY_STATE = "system.memory.state";
/** Of an accuracy: over how many of the latest predictions, or how long, it is. */
export const WINDOW = "window";
