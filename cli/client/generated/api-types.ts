/**
 * What the API takes and answers. Made from contracts/openapi.json by scripts/generate-client.mjs: change the routes in
 * functions/api and run that script.
 */
export interface paths {
    readonly "/api/models/available": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Models, newest first
         * @deprecated
         * @description Use GET /v1/models.
         */
        readonly get: operations["getApiModelsAvailable"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/models/validate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Hash the files of a model again
         * @deprecated
         * @description Use POST /v1/models/{reference}/verify.
         */
        readonly post: operations["postApiModelsValidate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/models/{model_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a model
         * @deprecated
         * @description Use GET /v1/models/{reference}.
         */
        readonly get: operations["getApiModelsByModel_id"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/checkpoint/load/{checkpoint_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Go on from a checkpoint: fork the run that keeps it
         * @deprecated
         * @description Use POST /v1/runs/{id}/fork.
         */
        readonly post: operations["postApiPipelineCheckpointLoadByCheckpoint_id"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/checkpoint/save": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Have the jobs of a session write a checkpoint, by pausing it
         * @deprecated
         * @description Use POST /v1/runs/{id}/pause.
         */
        readonly post: operations["postApiPipelineCheckpointSave"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/control": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Pause, resume or cancel a session; stop is cancel
         * @deprecated
         * @description Use POST /v1/runs/{id}/pause.
         */
        readonly post: operations["postApiPipelineControl"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Is the server there
         * @deprecated
         * @description Use GET /v1/health.
         */
        readonly get: operations["getApiPipelineHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Sessions, newest first
         * @deprecated
         * @description Use GET /v1/runs.
         */
        readonly get: operations["getApiPipelineHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/phases": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The eight phases, with the names of the first version
         * @deprecated
         * @description Use GET /v1/phases.
         */
        readonly get: operations["getApiPipelinePhases"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/preset/save": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Create a preset, or with If-Match change it
         * @deprecated
         * @description Use PUT /v1/presets/{name}.
         */
        readonly post: operations["postApiPipelinePresetSave"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/preset/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a preset
         * @deprecated
         * @description Use GET /v1/presets/{name}.
         */
        readonly get: operations["getApiPipelinePresetByName"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/presets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List presets
         * @deprecated
         * @description Use GET /v1/presets.
         */
        readonly get: operations["getApiPipelinePresets"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/quality-gates/{run_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * The gates of a session
         * @deprecated
         * @description Use GET /v1/runs/{id}/gates.
         */
        readonly post: operations["postApiPipelineQualityGatesByRun_id"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/start": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Start a session: submit a run
         * @deprecated
         * @description Use POST /v1/runs.
         */
        readonly post: operations["postApiPipelineStart"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/status/{run_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How a session stands
         * @deprecated
         * @description Use GET /v1/runs/{id}.
         */
        readonly get: operations["getApiPipelineStatusByRun_id"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/pipeline/swarm/{run_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The execution plan of a session; there are no agents
         * @deprecated
         * @description Use GET /v1/runs/{id}/topology.
         */
        readonly get: operations["getApiPipelineSwarmByRun_id"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/checkpoint/load/{checkpoint_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Go on from a checkpoint: fork the run that keeps it
         * @deprecated
         * @description Use POST /v1/runs/{id}/fork.
         */
        readonly post: operations["postApiV1PipelineCheckpointLoadByCheckpoint_id"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/checkpoint/save": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Have the jobs of a session write a checkpoint, by pausing it
         * @deprecated
         * @description Use POST /v1/runs/{id}/pause.
         */
        readonly post: operations["postApiV1PipelineCheckpointSave"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/control": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Pause, resume or cancel a session; stop is cancel
         * @deprecated
         * @description Use POST /v1/runs/{id}/pause.
         */
        readonly post: operations["postApiV1PipelineControl"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Is the server there
         * @deprecated
         * @description Use GET /v1/health.
         */
        readonly get: operations["getApiV1PipelineHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Sessions, newest first
         * @deprecated
         * @description Use GET /v1/runs.
         */
        readonly get: operations["getApiV1PipelineHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/phases": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The eight phases, with the names of the first version
         * @deprecated
         * @description Use GET /v1/phases.
         */
        readonly get: operations["getApiV1PipelinePhases"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/preset/save": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Create a preset, or with If-Match change it
         * @deprecated
         * @description Use PUT /v1/presets/{name}.
         */
        readonly post: operations["postApiV1PipelinePresetSave"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/preset/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a preset
         * @deprecated
         * @description Use GET /v1/presets/{name}.
         */
        readonly get: operations["getApiV1PipelinePresetByName"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/presets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List presets
         * @deprecated
         * @description Use GET /v1/presets.
         */
        readonly get: operations["getApiV1PipelinePresets"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/quality-gates/{run_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * The gates of a session
         * @deprecated
         * @description Use GET /v1/runs/{id}/gates.
         */
        readonly post: operations["postApiV1PipelineQualityGatesByRun_id"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/start": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Start a session: submit a run
         * @deprecated
         * @description Use POST /v1/runs.
         */
        readonly post: operations["postApiV1PipelineStart"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/status/{run_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How a session stands
         * @deprecated
         * @description Use GET /v1/runs/{id}.
         */
        readonly get: operations["getApiV1PipelineStatusByRun_id"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/pipeline/swarm/{run_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The execution plan of a session; there are no agents
         * @deprecated
         * @description Use GET /v1/runs/{id}/topology.
         */
        readonly get: operations["getApiV1PipelineSwarmByRun_id"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/artifacts/{sha256}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Fetch an artifact by its hash */
        readonly get: operations["getArtifactsBySha256"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who asked for which change, newest first */
        readonly get: operations["getAudit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/claims": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the inherited claims with their verdicts */
        readonly get: operations["getClaims"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/claims/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a claim with every reading of it */
        readonly get: operations["getClaimsById"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/corpora": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List corpora, newest first */
        readonly get: operations["getCorpora"];
        readonly put?: never;
        /** Register uploaded documents as a corpus */
        readonly post: operations["postCorpora"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/corpora/{reference}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a corpus */
        readonly get: operations["getCorporaByReference"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/costs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What runs have cost, by run, phase, model or attempt */
        readonly get: operations["getCosts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/gc": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Collect garbage: working files of chosen runs, expired tombstones, blobs that nothing names */
        readonly post: operations["postGc"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Is the server there */
        readonly get: operations["getHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List API keys by what they begin with, newest first */
        readonly get: operations["getKeys"];
        readonly put?: never;
        /** Make an API key; the answer shows it once */
        readonly post: operations["postKeys"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keys/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Revoke an API key for good; it stays in the list */
        readonly delete: operations["deleteKeysById"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List models, newest first */
        readonly get: operations["getModels"];
        readonly put?: never;
        /** Register uploaded files as a model, after checking and measuring them */
        readonly post: operations["postModels"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models/{reference}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a model */
        readonly get: operations["getModelsByReference"];
        readonly put?: never;
        readonly post?: never;
        /** Delete a model; for seven days it can be restored */
        readonly delete: operations["deleteModelsByReference"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models/{reference}/archive": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take a model out of use, its files stay */
        readonly post: operations["postModelsByReferenceArchive"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models/{reference}/lineage": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Where a model came from */
        readonly get: operations["getModelsByReferenceLineage"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models/{reference}/metadata": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Identity, lineage, linked figures, licences and how to make it again, in one document */
        readonly get: operations["getModelsByReferenceMetadata"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models/{reference}/promote": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Point an alias of the name at this version, once its files are verified */
        readonly post: operations["postModelsByReferencePromote"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models/{reference}/quarantine": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Refuse a model to every run until it is restored */
        readonly post: operations["postModelsByReferenceQuarantine"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models/{reference}/restore": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Bring a model back that was archived, quarantined or deleted */
        readonly post: operations["postModelsByReferenceRestore"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/models/{reference}/verify": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Hash the files of a model again */
        readonly post: operations["postModelsByReferenceVerify"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This document */
        readonly get: operations["getOpenapiJson"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/phases": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the eight phases */
        readonly get: operations["getPhases"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/phases/{slug}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Describe a phase */
        readonly get: operations["getPhasesBySlug"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/plan": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** What a run would do, without submitting it */
        readonly post: operations["postPlan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/presets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List presets */
        readonly get: operations["getPresets"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/presets/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a preset */
        readonly get: operations["getPresetsByName"];
        /** Create or change a preset */
        readonly put: operations["putPresetsByName"];
        readonly post?: never;
        /** Delete a preset */
        readonly delete: operations["deletePresetsByName"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/quotas": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get what may be used and what is */
        readonly get: operations["getQuotas"];
        /** Set what may be used; what is left out is not limited */
        readonly put: operations["putQuotas"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List runs, newest first */
        readonly get: operations["getRuns"];
        readonly put?: never;
        /** Submit a run */
        readonly post: operations["postRuns"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a run */
        readonly get: operations["getRunsById"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Cancel a run */
        readonly post: operations["postRunsByIdCancel"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/checkpoints": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The checkpoints that a run keeps: any of them can be forked from */
        readonly get: operations["getRunsByIdCheckpoints"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/decisions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What a control verb would reuse of a run and what it would run again, and why */
        readonly get: operations["getRunsByIdDecisions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Events of a run: a page of JSON, or a stream under text/event-stream */
        readonly get: operations["getRunsByIdEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/fork": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A new run with other settings that reuses what they do not change */
        readonly post: operations["postRunsByIdFork"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/gates": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The gates of a run, with verdicts and the metric records they were read from */
        readonly get: operations["getRunsByIdGates"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/logs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Logs of the jobs of a run */
        readonly get: operations["getRunsByIdLogs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metric records of a run */
        readonly get: operations["getRunsByIdMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/pause": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pause a run: its jobs write a checkpoint and end */
        readonly post: operations["postRunsByIdPause"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/report": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The report of a run */
        readonly get: operations["getRunsByIdReport"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Resume a paused run */
        readonly post: operations["postRunsByIdResume"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A new run that repeats an ended one from a phase on */
        readonly post: operations["postRunsByIdRetry"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/series": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Curves of a run */
        readonly get: operations["getRunsByIdSeries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{id}/topology": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The execution plan of a run: phases, stages, jobs, hand-overs, and how far each has come */
        readonly get: operations["getRunsByIdTopology"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/uploads": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List what became of uploaded model folders, newest first */
        readonly get: operations["getUploads"];
        readonly put?: never;
        /** Get an address to upload bytes to */
        readonly post: operations["postUploads"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List webhooks */
        readonly get: operations["getWebhooks"];
        readonly put?: never;
        /** Create a webhook; its secret is answered this once */
        readonly post: operations["postWebhooks"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a webhook */
        readonly get: operations["getWebhooksById"];
        readonly put?: never;
        readonly post?: never;
        /** Delete a webhook; what waits for it is not sent any more */
        readonly delete: operations["deleteWebhooksById"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{id}/deliveries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Messages to a webhook of the last 30 days, newest first, and what came of them */
        readonly get: operations["getWebhooksByIdDeliveries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{id}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send a test message at once; a disabled webhook that takes it is active again */
        readonly post: operations["postWebhooksByIdTest"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly ApiKey: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            /** @description What the key begins with. */
            readonly prefix: string;
            readonly name: string;
            /** @enum {string} */
            readonly role: "viewer" | "runner" | "maintainer" | "admin";
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            readonly createdBy: string;
            /** @description UTC time, ISO 8601. */
            readonly expiresAt: string | null;
            /** @description UTC time, ISO 8601. */
            readonly revokedAt: string | null;
            readonly revokedBy: string | null;
            /** @description Day of the last use, UTC. */
            readonly lastUsedOn: string | null;
            readonly recordVersion: number;
        };
        readonly AttemptLog: {
            readonly phase: string;
            readonly stage: string;
            readonly index: number | null;
            readonly jobId: string;
            readonly attempt: number;
            readonly text: string;
        };
        readonly AuditEntry: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            /** @description UTC time, ISO 8601. */
            readonly at: string;
            readonly by: string;
            /** @enum {string} */
            readonly role: "viewer" | "runner" | "maintainer" | "admin";
            /** @description The route that was asked for. */
            readonly command: string;
            readonly path: string;
            readonly targets: readonly {
                readonly kind: string;
                readonly id: string;
                readonly status: string | null;
            }[];
            /** @enum {string} */
            readonly outcome: "done" | "refused" | "failed";
            readonly code: string | null;
            readonly requestId: string;
        };
        readonly BurstPlan: {
            /** @enum {string} */
            readonly verdict: "feasible" | "infeasible";
            /** @enum {string} */
            readonly strategy: "local_only" | "prefer_burst" | "hybrid" | "require_burst";
            /** @enum {string} */
            readonly mode: "single" | "parallel" | "redundant" | "pipeline";
            /** @enum {string} */
            readonly spot: "prefer" | "require" | "never";
            readonly prices: {
                readonly asOf: string;
                readonly source: string;
            };
            /** @description True where the speed of any machine was taken from a table. */
            readonly assumed: boolean;
            readonly phases: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                /** @enum {string} */
                readonly place: "local" | "burst";
                /** @enum {string} */
                readonly purchase: "local" | "spot" | "on-demand";
                readonly region: string | null;
                /** @description The one that was priced first, then others that would do. */
                readonly instanceTypes: readonly string[];
                /** @description Machines at work at a time. */
                readonly width: number;
                readonly checkpointSeconds: number;
                /** @description Low and high. */
                readonly hours: readonly [
                    number,
                    number
                ];
                /** @description Low and high. */
                readonly usd: readonly [
                    number,
                    number
                ];
                readonly throughput: {
                    /** @enum {string} */
                    readonly basis: "measured" | "assumed";
                    /** @description Low and high. */
                    readonly flopPerSecond: readonly [
                        number,
                        number
                    ];
                    /** @description Metric records that it was measured by. */
                    readonly records: readonly string[];
                };
                readonly because: string;
            }[];
            /** @description Low and high. */
            readonly hours: readonly [
                number,
                number
            ];
            /** @description Low and high. */
            readonly usd: readonly [
                number,
                number
            ];
            /** @description Most that its machines cost in an hour, together. */
            readonly usdPerHour: number;
            /** @description Share of simulated runs that end in time; null without a deadline. */
            readonly chanceOfDeadline: number | null;
            readonly reasons: readonly string[];
        };
        readonly Checkpoint: {
            /** @enum {string} */
            readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            readonly stage: string;
            /** @description The job of the stage; null where it has a single one. */
            readonly index: number | null;
            readonly step: number;
            /** @description Of its manifest; the first digits are a name for it. */
            readonly sha256: string;
            readonly bytes: number;
            readonly metrics: {
                readonly [key: string]: number;
            };
            readonly best: boolean;
            readonly at: string;
            /** @description The run that took it; another one where this run was forked or retried. */
            readonly takenBy: string;
            /** @description Whether all of its files are there. */
            readonly there: boolean;
        };
        readonly Claim: {
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly id: string;
            /** @description As it was inherited, in its own words. */
            readonly claim: string;
            readonly source: string;
            readonly metric: string;
            readonly baseline: string;
            /** @description What has to be found for the claim to hold. */
            readonly rule: string;
            /** @description Setting that stays off by default for as long as the claim does not hold. */
            readonly switch?: {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly setting: string;
                readonly off: string | number | boolean;
            };
            /** @description Phase that uses what is claimed, and the setting that can switch it off; left out where switch says it. */
            readonly mechanism?: {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly setting?: string;
                readonly off?: string | number | boolean;
            };
            /** @enum {string} */
            readonly verdict: "holds";
            readonly readings: readonly {
                /** @description One way to read the claim. */
                readonly text: string;
                readonly experiment: string;
                /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
                readonly arm: string;
                /** @description Arm that is taken off, seed by seed; left out where the measure compares already. */
                readonly baseline?: string;
                readonly measure: string;
                /** @enum {string} */
                readonly op: ">=" | "<=" | ">" | "<";
                readonly bound: number;
                /** @description Of the record. */
                readonly sha256: string;
                readonly seeds: readonly number[];
                /** @description Seed by seed. */
                readonly values: readonly number[];
                readonly mean: number;
                readonly low: number;
                readonly high: number;
                readonly level: number;
                /** @enum {string} */
                readonly verdict: "holds";
            }[];
            readonly records: readonly {
                readonly experiment: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly sha256: string;
                readonly seeds: readonly number[];
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly codeHash: string;
                readonly machine: string;
                readonly torch: string;
                readonly threads: number;
                readonly cpuSeconds: number;
                /** @description UTC time, ISO 8601. */
                readonly at: string;
                /** @description The command that makes the record again. */
                readonly reproduce: string;
            }[];
        } | {
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly id: string;
            /** @description As it was inherited, in its own words. */
            readonly claim: string;
            readonly source: string;
            readonly metric: string;
            readonly baseline: string;
            /** @description What has to be found for the claim to hold. */
            readonly rule: string;
            /** @description Setting that stays off by default for as long as the claim does not hold. */
            readonly switch?: {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly setting: string;
                readonly off: string | number | boolean;
            };
            /** @description Phase that uses what is claimed, and the setting that can switch it off; left out where switch says it. */
            readonly mechanism?: {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly setting?: string;
                readonly off?: string | number | boolean;
            };
            /** @enum {string} */
            readonly verdict: "holds in part" | "does not hold";
            readonly readings: readonly ({
                /** @description One way to read the claim. */
                readonly text: string;
                readonly experiment: string;
                /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
                readonly arm: string;
                /** @description Arm that is taken off, seed by seed; left out where the measure compares already. */
                readonly baseline?: string;
                readonly measure: string;
                /** @enum {string} */
                readonly op: ">=" | "<=" | ">" | "<";
                readonly bound: number;
                /** @description Of the record. */
                readonly sha256: string;
                readonly seeds: readonly number[];
                /** @description Seed by seed. */
                readonly values: readonly number[];
                readonly mean: number;
                readonly low: number;
                readonly high: number;
                readonly level: number;
                /** @enum {string} */
                readonly verdict: "holds" | "holds in part" | "does not hold";
            } | {
                readonly text: string;
                /** @description What it would take. */
                readonly missing: string;
                /** @enum {string} */
                readonly verdict: "not measured";
            })[];
            readonly records: readonly {
                readonly experiment: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly sha256: string;
                readonly seeds: readonly number[];
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly codeHash: string;
                readonly machine: string;
                readonly torch: string;
                readonly threads: number;
                readonly cpuSeconds: number;
                /** @description UTC time, ISO 8601. */
                readonly at: string;
                /** @description The command that makes the record again. */
                readonly reproduce: string;
            }[];
        } | {
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly id: string;
            /** @description As it was inherited, in its own words. */
            readonly claim: string;
            readonly source: string;
            readonly metric: string;
            readonly baseline: string;
            /** @description What has to be found for the claim to hold. */
            readonly rule: string;
            /** @description Setting that stays off by default for as long as the claim does not hold. */
            readonly switch?: {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly setting: string;
                readonly off: string | number | boolean;
            };
            /** @description Phase that uses what is claimed, and the setting that can switch it off; left out where switch says it. */
            readonly mechanism?: {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly setting?: string;
                readonly off?: string | number | boolean;
            };
            /** @enum {string} */
            readonly verdict: "not measured";
            readonly readings: readonly {
                readonly text: string;
                /** @description What it would take. */
                readonly missing: string;
                /** @enum {string} */
                readonly verdict: "not measured";
            }[];
            readonly records: readonly {
                readonly experiment: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly sha256: string;
                readonly seeds: readonly number[];
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly codeHash: string;
                readonly machine: string;
                readonly torch: string;
                readonly threads: number;
                readonly cpuSeconds: number;
                /** @description UTC time, ISO 8601. */
                readonly at: string;
                /** @description The command that makes the record again. */
                readonly reproduce: string;
            }[];
        };
        readonly Corpus: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            readonly name: string;
            /** @description SHA-256 in lower-case hexadecimal. */
            readonly sha256: string;
            readonly bytes: number;
            readonly documents: number;
            readonly licence: string;
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            readonly recordVersion: number;
        };
        readonly Costs: {
            /** @enum {string} */
            readonly by: "run" | "phase" | "model" | "attempt";
            /** @description Attempts that still run are counted up to then. */
            readonly at: string;
            /** @description Runs that were looked at, newest first. */
            readonly runs: number;
            readonly items: readonly {
                /** @description Id of the run or the model, slug of the phase, or id of the entry. */
                readonly key: string;
                readonly name: string;
                readonly usd: number;
                /** @description Of all machines together. */
                readonly machineHours: number;
                readonly attempts: number;
                /** @description Entries of the ledger that it is the sum of. */
                readonly records: readonly string[];
                /** @description What its machines at work now cost in an hour. */
                readonly usdPerHour: number;
                readonly capUsd: number | null;
                readonly planned: {
                    readonly usd: readonly [
                        number,
                        number
                    ];
                    readonly hours: readonly [
                        number,
                        number
                    ];
                    /** @description True where a speed in the plan was never measured. */
                    readonly assumed: boolean;
                } | null;
                /** @description Other models that the same phase made for the same money. */
                readonly sharedWith: number;
            }[];
            readonly total: {
                readonly usd: number;
                readonly machineHours: number;
                readonly attempts: number;
            };
        };
        readonly CreatedWebhook: {
            readonly webhook: components["schemas"]["Webhook"];
            /** @description `whsec_` and base 64: what signatures are checked with. Shown this once. */
            readonly secret: string;
        };
        /** @description What a control verb reuses and what it runs again, and why. */
        readonly Decisions: {
            /** @enum {string} */
            readonly verb: "pause" | "resume" | "cancel" | "retry" | "fork";
            /** @description A sortable identifier (ULID). */
            readonly run: string;
            /** @enum {string|null} */
            readonly from: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
            readonly phases: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                /** @enum {string} */
                readonly decision: "reuse" | "rerun";
                readonly reason: string;
                readonly differs: readonly ("settings" | "inputs" | "code" | "seed" | "threads" | "gates" | "models")[];
                /** @description How many checkpoints there are to go on from. */
                readonly checkpoints: number;
            }[];
        };
        readonly Fork: {
            /**
             * @description From this phase on everything runs again, whatever its fingerprint says.
             * @enum {string}
             */
            readonly from?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            /** @description Begin at the first step even where there are checkpoints. */
            readonly fresh?: boolean;
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly name?: string;
            /** @description The phases to run, in order and without gaps: slugs or numbers 1 to 8. */
            readonly phases?: readonly (("cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression") | number)[];
            /** @description Named settings that `config` overrides; see `forge presets list`. */
            readonly preset?: string;
            readonly input?: {
                /** @description Corpus to train and measure on: id, name or name@hash prefix. */
                readonly corpus?: string;
                /** @description Model to start from: id, name, name@version, name@latest or an alias such as name@best. */
                readonly model?: string;
                /** @description Several models to start from, such as the parents of a merge; instead of `model`. */
                readonly models?: readonly string[];
            };
            /** @description Seed of every random choice. */
            readonly seed?: number;
            readonly config?: {
                readonly cognate?: {
                    /**
                     * @description Width of the residual stream.
                     * @default 256
                     */
                    readonly d_model?: number;
                    /**
                     * @description Blocks; ACT ponders over the last one.
                     * @default 2
                     */
                    readonly num_layers?: number;
                    /**
                     * @description Attention heads.
                     * @default 4
                     */
                    readonly num_heads?: number;
                    /**
                     * @description Inner width of the SwiGLU feed-forward.
                     * @default 512
                     */
                    readonly d_ff?: number;
                    /**
                     * @description Embedding rows = tokenizer length, 32 of them reserved.
                     * @default 2048
                     */
                    readonly vocab_size?: number;
                    /**
                     * @description Tokens per training row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Sliding attention window in tokens.
                     * @default 64
                     */
                    readonly window?: number;
                    /**
                     * @description Rows per step.
                     * @default 4
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Optimizer steps per model in all (base + continuation).
                     * @default 350
                     */
                    readonly steps?: number;
                    /**
                     * @description Share of the steps spent on the shared base.
                     * @default 0.5
                     */
                    readonly base_fraction?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.003
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.05
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 20
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices.
                     * @default 0.1
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Apply the SubLN gains (they exist in any case).
                     * @default true
                     */
                    readonly subln?: boolean;
                    /**
                     * @description Adaptive computation time over the last block.
                     * @default true
                     */
                    readonly act_enabled?: boolean;
                    /**
                     * @description Most ponder steps per token.
                     * @default 2
                     */
                    readonly act_n_max?: number;
                    /**
                     * @description Halting threshold is 1 - act_eps.
                     * @default 0.01
                     */
                    readonly act_eps?: number;
                    /**
                     * @description Initial bias of the halting unit.
                     * @default 1
                     */
                    readonly act_halt_bias?: number;
                    /**
                     * @description Final ponder-cost weight (each variant scales it).
                     * @default 0.02
                     */
                    readonly ponder_tau?: number;
                    /**
                     * @description Long-term memory.
                     * @default true
                     */
                    readonly ltm_enabled?: boolean;
                    /**
                     * @description Width of memory keys and values.
                     * @default 64
                     */
                    readonly ltm_dim?: number;
                    /**
                     * @description Layers of the memory net (1 = a matrix).
                     * @default 1
                     */
                    readonly ltm_depth?: number;
                    /**
                     * @description Tokens whose gradients are taken at one point.
                     * @default 32
                     */
                    readonly ltm_chunk?: number;
                    /**
                     * @description Kernel of the causal depthwise convolution (1 = none).
                     * @default 4
                     */
                    readonly ltm_conv?: number;
                    /**
                     * @description Learned input-independent tokens in front of the sequence.
                     * @default 0
                     */
                    readonly ltm_persistent?: number;
                    /**
                     * @description Every k-th document is held out.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Most bytes of the train split that the tokenizer is trained on.
                     * @default 4000000
                     */
                    readonly tokenizer_bytes?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 400000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split that are scored.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Tokens newly scored per evaluation window.
                     * @default 96
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Windows per evaluation batch.
                     * @default 16
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Share of a variant's rows that are its synthetic task.
                     * @default 0.4
                     */
                    readonly synthetic_share?: number;
                    /**
                     * @description Questions per probe.
                     * @default 64
                     */
                    readonly probe_items?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly evomerge?: {
                    /**
                     * @description Generations after the first one; 0 evaluates the recipes and takes the best.
                     * @default 3
                     */
                    readonly generations?: number;
                    /**
                     * @description Individuals evaluated per generation after the first.
                     * @default 8
                     */
                    readonly population?: number;
                    /**
                     * @description Jobs that share the evaluation of a generation.
                     * @default 2
                     */
                    readonly workers?: number;
                    /**
                     * @description Best individuals that live on unchanged (scalar selection).
                     * @default 2
                     */
                    readonly elites?: number;
                    /**
                     * @description By weighted fitness, or by NSGA-II over all four objectives.
                     * @default scalar
                     * @enum {string}
                     */
                    readonly selection?: "scalar" | "pareto";
                    /**
                     * @description Crossover and mutation over all methods, or CMA-ES inside the method that leads after the first generation.
                     * @default genetic
                     * @enum {string}
                     */
                    readonly search?: "genetic" | "cma-es";
                    /**
                     * @description First step size of CMA-ES, as a share of each range.
                     * @default 0.1667
                     */
                    readonly cma_sigma?: number;
                    /**
                     * @description Methods that mutation and immigrants may draw.
                     * @default [
                     *       "linear",
                     *       "slerp",
                     *       "ties",
                     *       "dare_linear",
                     *       "dare_ties",
                     *       "task_arithmetic",
                     *       "model_stock",
                     *       "dfs",
                     *       "passthrough"
                     *     ]
                     */
                    readonly methods?: readonly ("linear" | "slerp" | "nuslerp" | "karcher" | "model_stock" | "dfs" | "task_arithmetic" | "ties" | "dare_linear" | "dare_ties" | "della" | "della_linear" | "breadcrumbs" | "breadcrumbs_ties" | "passthrough")[];
                    /**
                     * @description Merges that replace the eight of the first generation; with generations 0 the phase is a plain merge.
                     * @default []
                     */
                    readonly recipes?: readonly {
                        /** @enum {string} */
                        readonly method: "linear" | "slerp" | "nuslerp" | "karcher" | "model_stock" | "dfs" | "task_arithmetic" | "ties" | "dare_linear" | "dare_ties" | "della" | "della_linear" | "breadcrumbs" | "breadcrumbs_ties" | "passthrough";
                        /** @description Input models by name. */
                        readonly models?: readonly string[];
                        /** @description One per model. */
                        readonly weights?: readonly number[];
                        /** @description Divide the weights by their sum. */
                        readonly normalize?: boolean;
                        /** @description Where on the arc of SLERP: 0 the first, 1 the second. */
                        readonly t?: number;
                        /** @description Share of each task vector that is kept. */
                        readonly density?: number;
                        /** @description Share of each task vector that DARE drops. */
                        readonly drop?: number;
                        /** @description Scale of the merged task vector. */
                        readonly lambda?: number;
                        /** @description Layers of a passthrough, from the first on. */
                        readonly slices?: readonly {
                            /** @description Input model that the layers are taken from. */
                            readonly model: string;
                            /** @description First layer and the one after the last. */
                            readonly layers: readonly [
                                number,
                                number
                            ];
                        }[];
                    }[];
                    /**
                     * @description Weight of perplexity in the fitness.
                     * @default 0.4
                     */
                    readonly weight_perplexity?: number;
                    /**
                     * @description Weight of next-token accuracy in the fitness.
                     * @default 0.3
                     */
                    readonly weight_accuracy?: number;
                    /**
                     * @description Weight of speed (counted operations per token) in the fitness.
                     * @default 0.2
                     */
                    readonly weight_speed?: number;
                    /**
                     * @description Weight of memory (bytes) in the fitness.
                     * @default 0.1
                     */
                    readonly weight_memory?: number;
                    /**
                     * @description Chance that a child has two parents.
                     * @default 0.9
                     */
                    readonly crossover_rate?: number;
                    /**
                     * @description Distribution index of simulated binary crossover.
                     * @default 15
                     */
                    readonly crossover_eta?: number;
                    /**
                     * @description Distribution index of polynomial mutation.
                     * @default 20
                     */
                    readonly mutation_eta?: number;
                    /**
                     * @description Chance that mutation draws another method.
                     * @default 0.15
                     */
                    readonly reset_rate?: number;
                    /**
                     * @description Immigrants come when the population differs by less than this share of the first generation.
                     * @default 0.1
                     */
                    readonly diversity_floor?: number;
                    /**
                     * @description Share of the next generation that is drawn anew then.
                     * @default 0.2
                     */
                    readonly immigrant_share?: number;
                    /**
                     * @description Stop after so many without a gain; 0 never.
                     * @default 3
                     */
                    readonly plateau_generations?: number;
                    /**
                     * @description What counts as a gain of the leading measure.
                     * @default 0.0005
                     */
                    readonly plateau_gain?: number;
                    /**
                     * @description Tokens per evaluated row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 8
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Tokens on which each individual is scored.
                     * @default 4096
                     */
                    readonly screen_tokens?: number;
                    /**
                     * @description Tokens on which the finalists are scored again.
                     * @default 8192
                     */
                    readonly rescore_tokens?: number;
                    /**
                     * @description Tokens of documents that fitness never saw, for the report.
                     * @default 8192
                     */
                    readonly report_tokens?: number;
                    /**
                     * @description Individuals that are scored again.
                     * @default 3
                     */
                    readonly finalists?: number;
                    /**
                     * @description Positions at which predictions are compared.
                     * @default 64
                     */
                    readonly probe_tokens?: number;
                    /**
                     * @description Questions per probe of the report.
                     * @default 32
                     */
                    readonly probe_items?: number;
                    /**
                     * @description Every k-th document is held out, where the models do not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                };
                readonly "quiet-star"?: {
                    /**
                     * @description Tokens of a thought, its two marks not counted.
                     * @default 4
                     */
                    readonly n_thought?: number;
                    /**
                     * @description True tokens that a thought has a say in.
                     * @default 4
                     */
                    readonly n_true?: number;
                    /**
                     * @description Thoughts per place in training; each is rewarded against the others.
                     * @default 2
                     */
                    readonly samples?: number;
                    /**
                     * @description Think after every k-th token, or where the next token is hardest.
                     * @default every
                     * @enum {string}
                     */
                    readonly select?: "every" | "hard";
                    /**
                     * @description k; with `hard`, one place per k tokens.
                     * @default 16
                     */
                    readonly every?: number;
                    /**
                     * @description With `hard`: least entropy of a place in nats.
                     * @default 0
                     */
                    readonly threshold?: number;
                    /**
                     * @description Thoughts are sampled at it.
                     * @default 1
                     */
                    readonly temperature?: number;
                    /**
                     * @description Weight of thoughts before training; 0 says exactly what the model said without them.
                     * @default 0
                     */
                    readonly first_weight?: number;
                    /**
                     * @description Noise on the marks' first vectors, in deviations of the embedding.
                     * @default 0.35
                     */
                    readonly mark_noise?: number;
                    /**
                     * @description Weight of REINFORCE.
                     * @default 1
                     */
                    readonly policy_weight?: number;
                    /**
                     * @description Weight of the loss without thoughts.
                     * @default 0.5
                     */
                    readonly quiet_weight?: number;
                    /**
                     * @description Largest reward; the smallest is 0.
                     * @default 5
                     */
                    readonly reward_clip?: number;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per step.
                     * @default 2
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Optimizer steps, of the thinker and of its control.
                     * @default 60
                     */
                    readonly steps?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.0001
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.1
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 5
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices.
                     * @default 0.001
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split that rows are taken from.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Held-out rows that thoughts are measured on.
                     * @default 48
                     */
                    readonly eval_rows?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 8
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Redrawn sets of rows behind each interval.
                     * @default 1000
                     */
                    readonly bootstrap_draws?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly bitnet?: {
                    /**
                     * @description Projections that stay in floating point: shell patterns over names below the blocks, such as `0.*`.
                     * @default []
                     */
                    readonly kept_fp?: readonly string[];
                    /**
                     * @description Codes in the packed file: 2 bits a weight, or five weights a byte.
                     * @default base-3
                     * @enum {string}
                     */
                    readonly packing?: "two-bit" | "base-3";
                    /**
                     * @description Embedding in the packed file; int8 has a scale per row.
                     * @default int8
                     * @enum {string}
                     */
                    readonly embedding_stored?: "float32" | "float16" | "int8";
                    /**
                     * @description What is neither embedding nor ternary, in the packed file.
                     * @default float16
                     * @enum {string}
                     */
                    readonly kept_stored?: "float32" | "float16";
                    /**
                     * @description Share of the steps in which quantisation grows to its full strength; 0 is at once.
                     * @default 0.5
                     */
                    readonly strength_share?: number;
                    /**
                     * @description In a model that thinks, every k-th step also trains what is said after thoughts.
                     * @default 8
                     */
                    readonly thought_every?: number;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per step.
                     * @default 4
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Optimizer steps.
                     * @default 100
                     */
                    readonly steps?: number;
                    /**
                     * @description Peak learning rate; ternary weights stand, and need, more than full precision does.
                     * @default 0.002
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.05
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 5
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices; it pulls masters back from the thresholds that they have to cross.
                     * @default 0
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 200000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split that are scored.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Tokens newly scored per evaluation window.
                     * @default 96
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Windows per evaluation batch.
                     * @default 16
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Held-out rows on which activations and the packed file are looked at.
                     * @default 16
                     */
                    readonly calibration_rows?: number;
                    /**
                     * @description Decoding steps that are timed, of each model.
                     * @default 60
                     */
                    readonly profile_repeats?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly training?: {
                    /**
                     * @description Amplify slow gradients by a running or a windowed mean.
                     * @default off
                     * @enum {string}
                     */
                    readonly grokfast?: "off" | "ema" | "window";
                    /**
                     * @description Decay of the running mean.
                     * @default 0.98
                     */
                    readonly grokfast_alpha?: number;
                    /**
                     * @description Steps of the windowed mean.
                     * @default 100
                     */
                    readonly grokfast_window?: number;
                    /**
                     * @description Weight of the mean that is added.
                     * @default 0.5
                     */
                    readonly grokfast_amplification?: number;
                    /**
                     * @description Weight of predicting an own hidden state; 0 is off.
                     * @default 0
                     */
                    readonly self_model_weight?: number;
                    /**
                     * @description Share of the steps in which that weight grows.
                     * @default 0.1
                     */
                    readonly self_model_ramp?: number;
                    /**
                     * @description Gradients into the model that are cut; with both it is a probe that changes nothing.
                     * @default none
                     * @enum {string}
                     */
                    readonly self_model_detach?: "none" | "target" | "both";
                    /**
                     * @description Replay own samples, by the snapshot's distribution or by their tokens.
                     * @default off
                     * @enum {string}
                     */
                    readonly dreams?: "off" | "distil" | "sample";
                    /**
                     * @description Dreams' part of the loss.
                     * @default 0.2
                     */
                    readonly dream_share?: number;
                    /**
                     * @description Steps between two looks at old data.
                     * @default 500
                     */
                    readonly dream_wake?: number;
                    /**
                     * @description Most dreams that are kept.
                     * @default 2048
                     */
                    readonly dream_buffer?: number;
                    /**
                     * @description Tokens of real text that a dream begins with.
                     * @default 8
                     */
                    readonly dream_prompt?: number;
                    /**
                     * @description Dreams are sampled at it.
                     * @default 1
                     */
                    readonly dream_temperature?: number;
                    /**
                     * @description Probability of the likeliest tokens that are sampled from.
                     * @default 0.95
                     */
                    readonly dream_top_p?: number;
                    /**
                     * @description Nats a token that old data may get worse in a cycle before it is undone.
                     * @default 0.02
                     */
                    readonly dream_tolerance?: number;
                    /**
                     * @description Change how hard questions are, to keep the share of right answers.
                     * @default false
                     */
                    readonly edge?: boolean;
                    /**
                     * @description Share of right answers aimed at.
                     * @default 0.65
                     */
                    readonly edge_target?: number;
                    /**
                     * @description Distance from it at which nothing is changed.
                     * @default 0.1
                     */
                    readonly edge_band?: number;
                    /**
                     * @description Graded answers between two decisions.
                     * @default 200
                     */
                    readonly edge_window?: number;
                    /**
                     * @description Difficulty to begin with.
                     * @default 0
                     */
                    readonly edge_first?: number;
                    /**
                     * @description Temperature of the loss's softmax at first; 1 is off.
                     * @default 1
                     */
                    readonly temperature_start?: number;
                    /**
                     * @description Share of the steps in which it comes to 1.
                     * @default 0.3
                     */
                    readonly temperature_share?: number;
                    /**
                     * @description Share of rows that are questions; the rest is text.
                     * @default 0.25
                     */
                    readonly synthetic_share?: number;
                    /**
                     * @description In a model that thinks, every k-th step practises speaking after thoughts.
                     * @default 4
                     */
                    readonly thought_every?: number;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per step, dreams not counted.
                     * @default 4
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Optimizer steps.
                     * @default 60
                     */
                    readonly steps?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.0005
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.1
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 5
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices.
                     * @default 0.001
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Of matrix products in training.
                     * @default float32
                     * @enum {string}
                     */
                    readonly precision?: "float32" | "bfloat16";
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split; half guards dreams, half is reported.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Most rows of held-out text, and rows of questions.
                     * @default 48
                     */
                    readonly eval_rows?: number;
                    /**
                     * @description New targets per window of bits per byte.
                     * @default 96
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 8
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Redrawn sets of rows behind each interval.
                     * @default 1000
                     */
                    readonly bootstrap_draws?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly baking?: {
                    /**
                     * @description Prompts and personas to bake, as data.
                     * @default [
                     *       {
                     *         "name": "clerk",
                     *         "text": "@a4b7c2d9e5f1",
                     *         "inputs": [
                     *           "?a",
                     *           "?b",
                     *           "?c",
                     *           "?d",
                     *           "?e",
                     *           "?f",
                     *           "?a4c",
                     *           "?a4e",
                     *           "?b7d",
                     *           "?b7f",
                     *           "?c2a",
                     *           "?c2e",
                     *           "?d9b",
                     *           "?d9f",
                     *           "?e5a",
                     *           "?e5c",
                     *           "?f1b",
                     *           "?f1d"
                     *         ],
                     *         "probes": [
                     *           {
                     *             "input": "?a4b",
                     *             "expected": "7"
                     *           },
                     *           {
                     *             "input": "?b7a",
                     *             "expected": "4"
                     *           },
                     *           {
                     *             "input": "?c2b",
                     *             "expected": "7"
                     *           },
                     *           {
                     *             "input": "?d9a",
                     *             "expected": "4"
                     *           },
                     *           {
                     *             "input": "?e5b",
                     *             "expected": "7"
                     *           },
                     *           {
                     *             "input": "?f1a",
                     *             "expected": "4"
                     *           },
                     *           {
                     *             "input": "?a4d",
                     *             "expected": "9"
                     *           },
                     *           {
                     *             "input": "?b7c",
                     *             "expected": "2"
                     *           },
                     *           {
                     *             "input": "?c2d",
                     *             "expected": "9"
                     *           },
                     *           {
                     *             "input": "?d9c",
                     *             "expected": "2"
                     *           },
                     *           {
                     *             "input": "?e5d",
                     *             "expected": "9"
                     *           },
                     *           {
                     *             "input": "?f1c",
                     *             "expected": "2"
                     *           },
                     *           {
                     *             "input": "?a4f",
                     *             "expected": "1"
                     *           },
                     *           {
                     *             "input": "?b7e",
                     *             "expected": "5"
                     *           },
                     *           {
                     *             "input": "?c2f",
                     *             "expected": "1"
                     *           },
                     *           {
                     *             "input": "?d9e",
                     *             "expected": "5"
                     *           },
                     *           {
                     *             "input": "?e5f",
                     *             "expected": "1"
                     *           },
                     *           {
                     *             "input": "?f1e",
                     *             "expected": "5"
                     *           },
                     *           {
                     *             "input": "?a4b7c",
                     *             "expected": "2"
                     *           },
                     *           {
                     *             "input": "?b7a4f",
                     *             "expected": "1"
                     *           },
                     *           {
                     *             "input": "?c2f1d",
                     *             "expected": "9"
                     *           },
                     *           {
                     *             "input": "?d9c2e",
                     *             "expected": "5"
                     *           },
                     *           {
                     *             "input": "?e5d9a",
                     *             "expected": "4"
                     *           },
                     *           {
                     *             "input": "?f1e5b",
                     *             "expected": "7"
                     *           }
                     *         ]
                     *       }
                     *     ]
                     */
                    readonly prompts?: readonly {
                        /** @description What figures and the vector are named after. */
                        readonly name: string;
                        /** @description Stands in front of every input, as it is. */
                        readonly text: string;
                        /** @description What it is baked on; openings of the corpus without them. */
                        readonly inputs?: readonly string[];
                        /** @description What it is measured on, every second one for the report; held-out openings without them. */
                        readonly probes?: readonly {
                            /** @description What the model is asked; never one of the inputs. */
                            readonly input: string;
                            /** @description How a right answer begins, where one is known. */
                            readonly expected?: string;
                        }[];
                    }[];
                    /**
                     * @description Several prompts: all in one text, or one after the other with every earlier one tested again.
                     * @default union
                     * @enum {string}
                     */
                    readonly order?: "union" | "sequence";
                    /**
                     * @description Bakes of each prompt, each with the last baked model as its teacher.
                     * @default 1
                     */
                    readonly rounds?: number;
                    /**
                     * @description Rounds end once one moves held-out answers by less, in nats a token; 0 is never.
                     * @default 0
                     */
                    readonly pursuit_gain?: number;
                    /**
                     * @description What is trained: all weights, or adapters of low rank beside blocks and memory.
                     * @default full
                     * @enum {string}
                     */
                    readonly method?: "full" | "low-rank";
                    /**
                     * @description Of the adapters.
                     * @default 16
                     */
                    readonly rank?: number;
                    /**
                     * @description The change of an adapter is scaled by alpha / rank.
                     * @default 32
                     */
                    readonly alpha?: number;
                    /**
                     * @description Part of the change that is added; less is half-baked.
                     * @default 1
                     */
                    readonly strength?: number;
                    /**
                     * @description A bake ends at this divergence on held-out answers, in nats a token; 0 is never.
                     * @default 0.05
                     */
                    readonly stop_kl?: number;
                    /**
                     * @description It ends as well at this share of the first divergence; .5 is half-baked.
                     * @default 0
                     */
                    readonly stop_share?: number;
                    /**
                     * @description Steps between two looks at held-out answers.
                     * @default 10
                     */
                    readonly check_every?: number;
                    /**
                     * @description Answers of the prompted model to train on.
                     * @default 128
                     */
                    readonly answers?: number;
                    /**
                     * @description Tokens of an opening of the corpus, where a prompt names no inputs.
                     * @default 12
                     */
                    readonly input_tokens?: number;
                    /**
                     * @description Tokens of an answer.
                     * @default 4
                     */
                    readonly answer_tokens?: number;
                    /**
                     * @description Answers to train on are sampled at it.
                     * @default 1
                     */
                    readonly temperature?: number;
                    /**
                     * @description Weight of staying as it was elsewhere.
                     * @default 0.1
                     */
                    readonly retain_weight?: number;
                    /**
                     * @description Rows per step on which it stays as it was.
                     * @default 4
                     */
                    readonly retain_rows?: number;
                    /**
                     * @description Share of those rows that are questions; the rest is text.
                     * @default 0.5
                     */
                    readonly synthetic_share?: number;
                    /**
                     * @description Openings of held-out text to measure on, where a prompt names no probes.
                     * @default 24
                     */
                    readonly probe_count?: number;
                    /**
                     * @description Answers per step.
                     * @default 16
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Most optimizer steps of a bake.
                     * @default 60
                     */
                    readonly steps?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.0005
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.1
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 5
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices.
                     * @default 0
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Tokens per row of held-out text.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split; half of it decides when a bake ends, half is reported.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Rows on which it should have stayed as it was.
                     * @default 32
                     */
                    readonly eval_rows?: number;
                    /**
                     * @description New targets per window of bits per byte.
                     * @default 128
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 16
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Redrawn sets of probes behind each interval.
                     * @default 1000
                     */
                    readonly bootstrap_draws?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly deployment?: {
                    /**
                     * @description Where the model is to run.
                     * @default cloud
                     * @enum {string}
                     */
                    readonly target?: "cloud" | "edge" | "automotive";
                    /**
                     * @description Graphs to make.
                     * @default [
                     *       "fp32",
                     *       "int8",
                     *       "int4"
                     *     ]
                     */
                    readonly variants?: readonly ("fp32" | "int8" | "int4")[];
                    /**
                     * @description Batch sizes to measure.
                     * @default [
                     *       1,
                     *       2,
                     *       4,
                     *       8,
                     *       16,
                     *       32
                     *     ]
                     */
                    readonly batches?: readonly number[];
                    /**
                     * @description Tokens of a call.
                     * @default [
                     *       32,
                     *       128,
                     *       512
                     *     ]
                     */
                    readonly sequences?: readonly number[];
                    /**
                     * @description Threads of the runtime.
                     * @default [
                     *       1
                     *     ]
                     */
                    readonly thread_counts?: readonly number[];
                    /**
                     * @description Calls before those.
                     * @default 20
                     */
                    readonly warm_ups?: number;
                    /**
                     * @description Timed calls.
                     * @default 200
                     */
                    readonly calls?: number;
                    /**
                     * @description Tokens to decode.
                     * @default 32
                     */
                    readonly decode_tokens?: number;
                    /**
                     * @description Random and real batches to compare with torch.
                     * @default 64
                     */
                    readonly parity_batches?: number;
                    /**
                     * @description Tokens of a row of those.
                     * @default 32
                     */
                    readonly parity_tokens?: number;
                    /**
                     * @description Weights per scale in int4.
                     * @default 32
                     */
                    readonly block_size?: 16 | 32 | 64 | 128;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per step.
                     * @default 4
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 8
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                    /**
                     * @description Bound on the 95th percentile.
                     * @default 100
                     */
                    readonly cloud_p95_ms?: number;
                    /**
                     * @description Most that held-out loss may rise, in nats a token.
                     * @default 0.02
                     */
                    readonly cloud_most_nats?: number;
                    /**
                     * @description Share of what can be served.
                     * @default 0.6
                     */
                    readonly cloud_load?: number;
                    /**
                     * @description Open-loop calls.
                     * @default 300
                     */
                    readonly cloud_requests?: number;
                    /**
                     * @description Fewest serving tasks.
                     * @default 1
                     */
                    readonly cloud_least_tasks?: number;
                    /**
                     * @description Most serving tasks.
                     * @default 4
                     */
                    readonly cloud_most_tasks?: number;
                    /**
                     * @description Most that held-out loss may rise, in nats a token.
                     * @default 0.05
                     */
                    readonly edge_most_nats?: number;
                    /**
                     * @description Share of the inner width to take out.
                     * @default 0.25
                     */
                    readonly edge_prune?: number;
                    /**
                     * @description Optimizer steps.
                     * @default 40
                     */
                    readonly edge_heal_steps?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.001
                     */
                    readonly edge_learning_rate?: number;
                    /**
                     * @description What it is for.
                     * @default
                     */
                    readonly automotive_element?: string;
                    /**
                     * @description A target.
                     * @default 10
                     */
                    readonly automotive_p99_ms?: number;
                    /**
                     * @description A target.
                     * @default 0.95
                     */
                    readonly automotive_detection?: number;
                    /**
                     * @description A target.
                     * @default 0.0001
                     */
                    readonly automotive_false_negatives?: number;
                    /**
                     * @description A target.
                     * @default 2048
                     */
                    readonly automotive_memory_mib?: number;
                    /**
                     * @description Tokens of a call.
                     * @default 32
                     */
                    readonly automotive_window?: number;
                    /**
                     * @description Of a call.
                     * @default 10
                     */
                    readonly automotive_deadline_ms?: number;
                    /**
                     * @description Of last values.
                     * @default 200
                     */
                    readonly automotive_hold_ms?: number;
                    /**
                     * @description In a row.
                     * @default 3
                     */
                    readonly automotive_hand_over_after?: number;
                    /**
                     * @description Of known inputs.
                     * @default 0.05
                     */
                    readonly automotive_alarm_rate?: number;
                    /**
                     * @description Timed calls.
                     * @default 100000
                     */
                    readonly automotive_calls?: number;
                    /**
                     * @description Of a call.
                     * @default 1000
                     */
                    readonly automotive_repeats?: number;
                    /**
                     * @description Messages.
                     * @default 100000
                     */
                    readonly automotive_fuzz_cases?: number;
                };
                readonly compression?: {
                    /**
                     * @description Ways in which tensors may be stored; halves, singles and exact ternary codes are always among them.
                     * @default [
                     *       "rtn8-g64",
                     *       "rtn4-g64",
                     *       "rtn4-g32",
                     *       "rtn3-g64",
                     *       "rtn2-g64",
                     *       "vptq-v2k16",
                     *       "vptq-v2k64",
                     *       "vptq-v4k256",
                     *       "vptq-v4k256r16",
                     *       "seedlm-k10c8p3",
                     *       "seedlm-k12c8p3",
                     *       "hyper-u64",
                     *       "hyper-u256"
                     *     ]
                     */
                    readonly candidates?: readonly ("raw32" | "raw16" | "ternary" | "rtn8-g64" | "rtn8-g32" | "rtn4-g64" | "rtn4-g32" | "rtn3-g64" | "rtn3-g32" | "rtn2-g64" | "rtn2-g32" | "vptq-v2k16" | "vptq-v2k64" | "vptq-v2k256" | "vptq-v4k256" | "vptq-v4k256r16" | "seedlm-k10c8p3" | "seedlm-k10c8p4" | "seedlm-k10c12p4" | "seedlm-k12c8p3" | "seedlm-k12c8p4" | "seedlm-k12c12p4" | "seedlm-k16c8p3" | "seedlm-k16c8p4" | "seedlm-k16c12p4" | "hyper-u64" | "hyper-u256" | "hyper-u1024" | "hyper-golden-u256")[];
                    /**
                     * @description Rise of the loss that may be spent, in nats a token of held-out text.
                     * @default 0.02
                     */
                    readonly most_loss?: number;
                    /**
                     * @description Bits a weight, over all weights, that the file may take; above 0 it decides instead of most_loss.
                     * @default 0
                     */
                    readonly most_bits?: number;
                    /**
                     * @description Files that are made again where the loss of the one before is not as predicted.
                     * @default 5
                     */
                    readonly retries?: number;
                    /**
                     * @description Jobs that encode side by side.
                     * @default 2
                     */
                    readonly workers?: number;
                    /**
                     * @description Length of the random disturbance that a tensor is tried with, over its own.
                     * @default 0.1
                     */
                    readonly disturbance?: number;
                    /**
                     * @description Rows of training text for the second moments of inputs.
                     * @default 32
                     */
                    readonly calibration_rows?: number;
                    /**
                     * @description Held-out rows on which disturbed models are scored.
                     * @default 16
                     */
                    readonly sensitivity_rows?: number;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per pass.
                     * @default 16
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split; half of it decides, half is reported.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description New targets per window of bits per byte.
                     * @default 128
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Decoding steps that are timed, of each model.
                     * @default 60
                     */
                    readonly profile_repeats?: number;
                };
            };
            readonly gates?: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                /** @description Metric name, `<subject>/<measure>`. */
                readonly metric: string;
                /** @enum {string} */
                readonly op: "<" | "<=" | ">" | ">=";
                /** @description A number, or another metric of the same phase, optionally times a factor. */
                readonly bound: number | {
                    readonly metric: string;
                    readonly factor?: number;
                };
                /**
                 * @description Show the failed verdict, or fail the phase.
                 * @default report
                 * @enum {string}
                 */
                readonly onFailure?: "report" | "fail";
            }[];
            readonly labels?: {
                readonly [key: string]: string;
            };
            /** @description Go on from this checkpoint, under the new settings: a step, or the beginning of its SHA-256. */
            readonly checkpoint?: string;
            /**
             * @description Whose checkpoint it is, where a step alone could mean several.
             * @enum {string}
             */
            readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
        };
        readonly GarbageReport: {
            readonly dryRun: boolean;
            readonly runs: readonly string[];
            readonly models: readonly string[];
            readonly freed: {
                readonly staging: {
                    readonly count: number;
                    readonly bytes: number;
                };
                readonly checkpoints: {
                    readonly count: number;
                    readonly bytes: number;
                };
                readonly tasks: {
                    readonly count: number;
                    readonly bytes: number;
                };
                readonly tombstones: {
                    readonly count: number;
                    readonly bytes: number;
                };
                readonly blobs: {
                    readonly count: number;
                    readonly bytes: number;
                };
            };
            readonly total: {
                readonly count: number;
                readonly bytes: number;
            };
            readonly keys: readonly {
                readonly key: string;
                /** @enum {string} */
                readonly class: "staging" | "checkpoints" | "tasks" | "blobs";
                readonly bytes: number;
            }[];
            readonly keysLeftOut: number;
        };
        readonly GarbageRequest: {
            /** @description Say what would be freed and free nothing. */
            readonly dryRun: boolean;
            /** @description Runs that ended so long ago. */
            readonly olderThanDays?: number;
            /** @description So many newest runs keep their files. */
            readonly keepLatestRuns?: number;
            /** @description This run only. */
            readonly run?: string;
            /** @description Runs of the preset `test` or labelled `purpose: test`. */
            readonly testRunsOnly?: boolean;
        };
        readonly Health: {
            /** @enum {string} */
            readonly status: "ok";
            readonly version: string;
            readonly uptimeSeconds: number;
        };
        readonly KeyToMake: {
            /** @description What it is for. */
            readonly name: string;
            /** @enum {string} */
            readonly role: "viewer" | "runner" | "maintainer" | "admin";
            /**
             * @description Null: it never expires.
             * @default 90
             */
            readonly expiresInDays?: number | null;
        };
        readonly Lineage: {
            /** @description A sortable identifier (ULID). */
            readonly model: string;
            readonly nodes: readonly {
                /** @description A sortable identifier (ULID). */
                readonly id: string;
                readonly name: string;
                readonly version: number;
                readonly role: string;
                /** @enum {string|null} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
                /** @description A sortable identifier (ULID). */
                readonly runId: string | null;
                /** @enum {string} */
                readonly status: "active" | "archived" | "quarantined" | "deleted";
            }[];
            readonly edges: readonly {
                /** @description A sortable identifier (ULID). */
                readonly parent: string;
                /** @description A sortable identifier (ULID). */
                readonly child: string;
                readonly relation: string;
                readonly weight: number;
            }[];
        };
        /** @description A number with the id of the metric record that it was read from. */
        readonly LinkedNumber: {
            readonly value: number;
            readonly unit: string;
            readonly metric: string;
        };
        readonly Model: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            readonly name: string;
            readonly version: number;
            /** @description A sortable identifier (ULID). */
            readonly runId: string | null;
            /** @enum {string|null} */
            readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
            readonly role: string;
            /** @enum {string} */
            readonly status: "active" | "archived" | "quarantined" | "deleted";
            readonly files: readonly {
                readonly path: string;
                /** @description Where the bytes lie: file:// or s3://. */
                readonly uri: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly sha256: string;
                readonly bytes: number;
            }[];
            readonly architecture: components["schemas"]["architecture"];
            readonly properties: components["schemas"]["properties"];
            readonly parents: readonly {
                /** @description A sortable identifier (ULID). */
                readonly modelId: string;
                readonly relation: string;
                readonly weight: number;
            }[];
            readonly lifecycle: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                /** @description A sortable identifier (ULID). */
                readonly runId: string;
                /** @description UTC time, ISO 8601. */
                readonly at: string;
                readonly metrics: readonly string[];
                readonly difference: {
                    readonly [key: string]: {
                        readonly from?: unknown;
                        readonly to?: unknown;
                    };
                };
            }[];
            readonly licence?: string;
            readonly statusChanges?: readonly {
                /** @enum {string} */
                readonly status: "active" | "archived" | "quarantined" | "deleted";
                /** @description UTC time, ISO 8601. */
                readonly at: string;
                readonly by: string;
                readonly reason: string;
            }[];
            readonly aliases?: readonly string[];
            readonly promotions?: readonly {
                readonly alias: string;
                readonly from: number | null;
                /** @description UTC time, ISO 8601. */
                readonly at: string;
                readonly by: string;
            }[];
            readonly tombstone?: {
                /** @description UTC time, ISO 8601. */
                readonly deletedAt: string;
                /** @description UTC time, ISO 8601. */
                readonly purgeAfter: string;
                /** @enum {string} */
                readonly before: "active" | "archived" | "quarantined" | "deleted";
                /** @description UTC time, ISO 8601. */
                readonly purgedAt: string | null;
            };
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            /** @description UTC time, ISO 8601. */
            readonly updatedAt: string;
            readonly recordVersion: number;
        };
        readonly ModelImport: {
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly name: string;
            readonly files: readonly {
                readonly path: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly sha256: string;
                readonly bytes: number;
            }[];
            /** @description SPDX expression or a short text. */
            readonly licence?: string;
            /** @description Registered models that it was made from, for its lineage. */
            readonly parents?: readonly {
                /** @description Id, name, name@3, name@latest or name@alias. */
                readonly model: string;
                /** @enum {string} */
                readonly relation: "continued-from" | "merged-from" | "quantised-from" | "baked-from" | "compressed-from" | "deployed-from";
                /** @description Its share of the model; 1 where it is left out. */
                readonly weight?: number;
            }[];
        };
        readonly ModelVerdict: {
            /** @description A sortable identifier (ULID). */
            readonly model: string;
            readonly ok: boolean;
            readonly files: readonly {
                readonly path: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly expected: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly found: string | null;
                readonly ok: boolean;
            }[];
        };
        readonly NewApiKey: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            /** @description What the key begins with. */
            readonly prefix: string;
            readonly name: string;
            /** @enum {string} */
            readonly role: "viewer" | "runner" | "maintainer" | "admin";
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            readonly createdBy: string;
            /** @description UTC time, ISO 8601. */
            readonly expiresAt: string | null;
            /** @description UTC time, ISO 8601. */
            readonly revokedAt: string | null;
            readonly revokedBy: string | null;
            /** @description Day of the last use, UTC. */
            readonly lastUsedOn: string | null;
            readonly recordVersion: number;
            /** @description The whole key. It is shown this once and kept nowhere. */
            readonly key: string;
        };
        readonly OldCheckpointSave: {
            readonly session_id: string;
            readonly checkpoint_name?: string;
            /** @enum {boolean} */
            readonly include_model_state?: true;
            readonly include_swarm_state?: boolean;
        };
        readonly OldCheckpointSaved: {
            /** @description A sortable identifier (ULID). */
            readonly session_id: string;
            /** @enum {string} */
            readonly status: "initializing" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "completed" | "failed";
            /** @description Fields of the request that change nothing, and why. */
            readonly ignored: readonly {
                readonly field: string;
                readonly reason: string;
            }[];
            /** @description Those that are there already; the new ones follow when it is paused. */
            readonly checkpoints: readonly {
                readonly checkpoint_id: string;
                readonly phase: string;
                readonly stage: string;
                readonly step: number;
                readonly timestamp: string;
            }[];
            readonly note: string;
        };
        readonly OldControl: {
            /** @enum {string} */
            readonly action: "pause" | "resume" | "stop" | "cancel";
            readonly session_id: string;
            readonly force?: boolean;
        };
        readonly OldHealth: {
            /** @enum {string} */
            readonly status: "healthy";
            readonly version: string;
            /** @description Seconds. */
            readonly uptime: number;
            readonly active_sessions: null;
            readonly memory: null;
            /** @description Fields that are null because nobody measures them, and why. */
            readonly not_measured: readonly {
                readonly field: string;
                readonly reason: string;
            }[];
        };
        readonly OldHistory: {
            readonly runs: readonly {
                /** @description A sortable identifier (ULID). */
                readonly session_id: string;
                readonly name: string;
                /** @enum {string} */
                readonly status: "initializing" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "completed" | "failed";
                readonly created_at: string;
                readonly started_at: string | null;
                readonly ended_at: string | null;
                readonly phases: readonly {
                    readonly phase: string;
                    readonly status: string;
                }[];
            }[];
            /** @description Cursor of the next page. */
            readonly next: string | null;
        };
        readonly OldLoadedSession: {
            /** @description A sortable identifier (ULID). */
            readonly session_id: string;
            /** @enum {string} */
            readonly status: "initializing" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "completed" | "failed";
            /** @description Fields of the request that change nothing, and why. */
            readonly ignored: readonly {
                readonly field: string;
                readonly reason: string;
            }[];
            readonly loaded_from: string;
        };
        readonly OldModel: {
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            readonly name: string;
            readonly version: number;
            readonly phase: string | null;
            /** @description A sortable identifier (ULID). */
            readonly session_id: string | null;
            readonly status: string;
            readonly parameter_count: number;
            readonly size_mb: number;
            readonly parent_ids: readonly string[];
            readonly created_at: string;
        };
        readonly OldModels: {
            readonly models: readonly {
                /** @description A sortable identifier (ULID). */
                readonly id: string;
                readonly name: string;
                readonly version: number;
                readonly phase: string | null;
                /** @description A sortable identifier (ULID). */
                readonly session_id: string | null;
                readonly status: string;
                readonly parameter_count: number;
                readonly size_mb: number;
                readonly parent_ids: readonly string[];
                readonly created_at: string;
            }[];
            readonly next: string | null;
        };
        readonly OldPhases: {
            readonly phases: readonly {
                /** @description The name of the first version. */
                readonly id: string;
                readonly slug: string;
                readonly number: number;
                readonly title: string;
                readonly description: string;
                readonly available: boolean;
            }[];
        };
        readonly OldPreset: {
            readonly name: string;
            readonly description: string;
            readonly config: {
                readonly [key: string]: unknown;
            };
            readonly built_in: boolean;
            readonly updated_at: string;
        };
        readonly OldPresetSave: {
            readonly name: string;
            /** @default  */
            readonly description?: string;
            readonly config: {
                readonly cognate?: {
                    readonly [key: string]: unknown;
                };
                readonly evomerge?: {
                    readonly [key: string]: unknown;
                };
                readonly "quiet-star"?: {
                    readonly [key: string]: unknown;
                };
                readonly bitnet?: {
                    readonly [key: string]: unknown;
                };
                readonly training?: {
                    readonly [key: string]: unknown;
                };
                readonly baking?: {
                    readonly [key: string]: unknown;
                };
                readonly deployment?: {
                    readonly [key: string]: unknown;
                };
                readonly compression?: {
                    readonly [key: string]: unknown;
                };
                readonly quietstar?: {
                    readonly [key: string]: unknown;
                };
                readonly adas?: {
                    readonly [key: string]: unknown;
                };
            };
        };
        readonly OldQualityGates: {
            /** @description A sortable identifier (ULID). */
            readonly session_id: string;
            readonly gate_results: readonly {
                readonly name: string;
                readonly phase: string;
                /** @description Null where it was not measured. */
                readonly passed: boolean | null;
                readonly score: number | null;
                readonly threshold: number | null;
                /** @description Id of the metric record that the score was read from. */
                readonly metric: string | null;
                /** @description The same of a threshold that was measured. */
                readonly threshold_metric: string | null;
            }[];
            readonly theater_detection: null;
            readonly can_proceed: boolean | null;
            /** @description Fields that are null because nobody measures them, and why. */
            readonly not_measured: readonly {
                readonly field: string;
                readonly reason: string;
            }[];
        };
        /** @description A session is a run. */
        readonly OldSession: {
            /** @description A sortable identifier (ULID). */
            readonly session_id: string;
            /** @enum {string} */
            readonly status: "initializing" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "completed" | "failed";
            /** @description Fields of the request that change nothing, and why. */
            readonly ignored: readonly {
                readonly field: string;
                readonly reason: string;
            }[];
        };
        readonly OldStart: {
            readonly phases: readonly ("cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | "quietstar" | "adas")[];
            /** @default {} */
            readonly config?: {
                readonly cognate?: {
                    readonly [key: string]: unknown;
                };
                readonly evomerge?: {
                    readonly [key: string]: unknown;
                };
                readonly "quiet-star"?: {
                    readonly [key: string]: unknown;
                };
                readonly bitnet?: {
                    readonly [key: string]: unknown;
                };
                readonly training?: {
                    readonly [key: string]: unknown;
                };
                readonly baking?: {
                    readonly [key: string]: unknown;
                };
                readonly deployment?: {
                    readonly [key: string]: unknown;
                };
                readonly compression?: {
                    readonly [key: string]: unknown;
                };
                readonly quietstar?: {
                    readonly [key: string]: unknown;
                };
                readonly adas?: {
                    readonly [key: string]: unknown;
                };
            };
            /**
             * @description New: name of the run.
             * @default pipeline
             */
            readonly name?: string;
            /** @description New: named settings. */
            readonly preset?: string;
            /**
             * @description New: the corpus or the models to start from.
             * @default {}
             */
            readonly input?: {
                /** @description Corpus to train and measure on: id, name or name@hash prefix. */
                readonly corpus?: string;
                /** @description Model to start from: id, name, name@version, name@latest or an alias such as name@best. */
                readonly model?: string;
                /** @description Several models to start from, such as the parents of a merge; instead of `model`. */
                readonly models?: readonly string[];
            };
            /** @description New. */
            readonly seed?: number;
            /** @enum {boolean} */
            readonly enable_monitoring?: true;
            /** @enum {boolean} */
            readonly enable_checkpoints?: true;
            /** @enum {string} */
            readonly swarm_topology?: "hierarchical" | "mesh" | "star" | "ring";
            readonly max_agents?: number;
        };
        readonly OldStatus: {
            /** @description A sortable identifier (ULID). */
            readonly session_id: string;
            /** @enum {string} */
            readonly status: "initializing" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "completed" | "failed";
            readonly current_phase: string | null;
            readonly phases_completed: readonly string[];
            readonly phases_remaining: readonly string[];
            /** @description Completed phases of all phases; phases differ in length. */
            readonly total_progress_percent: number;
            /** @description Null until the run has started. */
            readonly elapsed_seconds: number | null;
            readonly estimated_remaining_seconds: null;
            readonly phase_metrics: {
                readonly [key: string]: {
                    readonly [key: string]: components["schemas"]["LinkedNumber"];
                };
            };
            readonly agent_count: null;
            readonly active_agents: null;
            readonly error: string | null;
            /** @description Fields that are null because nobody measures them, and why. */
            readonly not_measured: readonly {
                readonly field: string;
                readonly reason: string;
            }[];
        };
        readonly OldSwarm: {
            /** @description A sortable identifier (ULID). */
            readonly session_id: string;
            readonly topology: null;
            readonly total_agents: null;
            readonly active_agents: null;
            readonly idle_agents: null;
            readonly memory_mb: null;
            readonly cpu_percent: null;
            readonly gpu_percent: null;
            readonly plan: components["schemas"]["Topology"];
            /** @description Fields that are null because nobody measures them, and why. */
            readonly not_measured: readonly {
                readonly field: string;
                readonly reason: string;
            }[];
        };
        readonly OldValidate: {
            readonly model_id: string;
        };
        readonly OldValidated: {
            /** @description A sortable identifier (ULID). */
            readonly model_id: string;
            /** @description Whether every file still has the hash it was registered with. */
            readonly valid: boolean;
            readonly files: readonly {
                readonly path: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly expected: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly found: string | null;
                readonly ok: boolean;
            }[];
        };
        readonly Phase: {
            /** @enum {string} */
            readonly slug: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            readonly number: number;
            readonly title: string;
            readonly summary: string;
            readonly available: boolean;
            readonly accepts: readonly ({
                readonly name: string;
                readonly why: string;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly produces: readonly ({
                readonly name: string;
                readonly why: string;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly gates: readonly ({
                readonly metric: string;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly stages: readonly ({
                readonly name: string;
                readonly kind: string;
                readonly size: number | {
                    readonly setting: string;
                };
                readonly repeat?: string;
            } & {
                readonly [key: string]: unknown;
            })[];
        } & {
            readonly [key: string]: unknown;
        };
        readonly PhaseDescription: {
            /** @enum {string} */
            readonly slug: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            readonly number: number;
            readonly title: string;
            readonly summary: string;
            readonly available: boolean;
            readonly accepts: readonly ({
                readonly name: string;
                readonly why: string;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly produces: readonly ({
                readonly name: string;
                readonly why: string;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly gates: readonly ({
                readonly metric: string;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly stages: readonly ({
                readonly name: string;
                readonly kind: string;
                readonly size: number | {
                    readonly setting: string;
                };
                readonly repeat?: string;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly settings: {
                readonly [key: string]: unknown;
            };
        } & {
            readonly [key: string]: unknown;
        };
        readonly Preset: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            readonly tenant: string;
            readonly name: string;
            readonly description: string;
            readonly config: {
                readonly [key: string]: {
                    readonly [key: string]: unknown;
                };
            };
            readonly builtIn: boolean;
            /** @description UTC time, ISO 8601. */
            readonly updatedAt: string;
            readonly recordVersion: number;
        };
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            readonly instance: string;
            readonly kind: string;
            readonly code: string;
            readonly hint?: string;
            readonly errors: readonly {
                readonly pointer: string;
                readonly code: string;
                readonly message: string;
                readonly expected?: string;
                readonly got?: string;
                readonly suggestion?: string;
            }[];
            readonly request_id: string;
            readonly retryable: boolean;
            readonly retry_after_s?: number;
        };
        readonly Promotion: {
            /** @description Such as best or production; not latest. */
            readonly alias: string;
        };
        readonly Quota: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            readonly limits: {
                readonly requestsPerMinute: number | null;
                readonly concurrentRuns: number | null;
                readonly gpuHoursPerMonth: number | null;
                readonly storedBytes: number | null;
                readonly uploadBytes: number | null;
            };
            readonly used: {
                readonly concurrentRuns: number;
                /** @description Of jobs that have ended this month, by the seconds of their attempts. */
                readonly gpuHoursThisMonth: number;
                readonly storedBytes: number;
            };
            /** @description Null: nothing was ever set. */
            readonly updatedAt: string | null;
            readonly updatedBy: string | null;
            /** @description 0: nothing was ever set. */
            readonly recordVersion: number;
        };
        readonly QuotaToSet: {
            /**
             * @description Null: what the deployment says.
             * @default null
             */
            readonly requestsPerMinute?: number | null;
            /**
             * @description Runs that work or wait to, at one time. Null: any number.
             * @default null
             */
            readonly concurrentRuns?: number | null;
            /**
             * @description Hours of single GPUs in a calendar month, UTC. Null: any number.
             * @default null
             */
            readonly gpuHoursPerMonth?: number | null;
            /**
             * @description Of the files of all models and corpora, each file once. Null: any number.
             * @default null
             */
            readonly storedBytes?: number | null;
            /**
             * @description Of one upload. Null: as many as one upload may have.
             * @default null
             */
            readonly uploadBytes?: number | null;
        };
        readonly Retry: {
            /**
             * @description From this phase on everything runs again, whatever its fingerprint says.
             * @enum {string}
             */
            readonly from?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            /** @description Begin at the first step even where there are checkpoints. */
            readonly fresh?: boolean;
        };
        readonly Run: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            readonly name: string;
            /** @enum {string} */
            readonly status: "queued" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "succeeded" | "failed";
            readonly document: components["schemas"]["run"];
            readonly resolved: {
                readonly name: string;
                readonly phases: readonly ("cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression")[];
                readonly seed: number;
                readonly corpus: {
                    /** @description A sortable identifier (ULID). */
                    readonly id: string;
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly sha256: string;
                } | null;
                readonly models: readonly string[];
                readonly config: {
                    readonly cognate?: {
                        readonly [key: string]: unknown;
                    };
                    readonly evomerge?: {
                        readonly [key: string]: unknown;
                    };
                    readonly "quiet-star"?: {
                        readonly [key: string]: unknown;
                    };
                    readonly bitnet?: {
                        readonly [key: string]: unknown;
                    };
                    readonly training?: {
                        readonly [key: string]: unknown;
                    };
                    readonly baking?: {
                        readonly [key: string]: unknown;
                    };
                    readonly deployment?: {
                        readonly [key: string]: unknown;
                    };
                    readonly compression?: {
                        readonly [key: string]: unknown;
                    };
                };
                readonly gates: {
                    readonly cognate?: readonly {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    }[];
                    readonly evomerge?: readonly {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    }[];
                    readonly "quiet-star"?: readonly {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    }[];
                    readonly bitnet?: readonly {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    }[];
                    readonly training?: readonly {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    }[];
                    readonly baking?: readonly {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    }[];
                    readonly deployment?: readonly {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    }[];
                    readonly compression?: readonly {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    }[];
                };
                /** @description Of each job of the phase, per operation. */
                readonly threads: {
                    readonly cognate?: number;
                    readonly evomerge?: number;
                    readonly "quiet-star"?: number;
                    readonly bitnet?: number;
                    readonly training?: number;
                    readonly baking?: number;
                    readonly deployment?: number;
                    readonly compression?: number;
                };
            };
            readonly phases: readonly {
                /** @enum {string} */
                readonly slug: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                /** @enum {string} */
                readonly status: "pending" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";
                readonly attempts: number;
                /** @description UTC time, ISO 8601. */
                readonly startedAt: string | null;
                /** @description UTC time, ISO 8601. */
                readonly endedAt: string | null;
                readonly inputs: readonly string[];
                readonly outputs: readonly string[];
                readonly gates: readonly {
                    readonly gate: {
                        readonly metric: string;
                        /** @enum {string} */
                        readonly op: "<" | "<=" | ">" | ">=";
                        readonly bound: number | {
                            readonly metric: string;
                            readonly factor?: number;
                        };
                        /** @enum {string} */
                        readonly onFailure: "report" | "fail";
                    };
                    /** @enum {string} */
                    readonly verdict: "passed" | "failed" | "not measured";
                    readonly measured: components["schemas"]["LinkedNumber"] | null;
                    readonly bound: components["schemas"]["LinkedNumber"] | null;
                }[];
                readonly error: components["schemas"]["RunError"] | null;
                readonly fingerprint?: {
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly hash: string;
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly settings: string;
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly inputs: string;
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly code: string | null;
                    readonly seed: number;
                    readonly threads: number;
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly continuedFrom?: string | null;
                } | null;
                readonly contracts?: readonly {
                    readonly contract: string;
                    readonly rules: readonly {
                        readonly name: string;
                        /** @enum {string} */
                        readonly subject: "models" | "each";
                        readonly expected: string;
                        readonly got: string;
                        /** @enum {string} */
                        readonly verdict: "passed" | "failed" | "deferred";
                    }[];
                }[];
                readonly rounds?: readonly {
                    readonly group: string;
                    readonly finished: number;
                    readonly done: boolean;
                }[];
                readonly settledAttempts?: number;
                /** @description A sortable identifier (ULID). */
                readonly reusedFrom?: string | null;
            }[];
            readonly executions: readonly string[];
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            /** @description UTC time, ISO 8601. */
            readonly updatedAt: string;
            /** @description UTC time, ISO 8601. */
            readonly startedAt: string | null;
            /** @description UTC time, ISO 8601. */
            readonly endedAt: string | null;
            readonly error: components["schemas"]["RunError"] | null;
            readonly report: string | null;
            readonly origin?: {
                /** @enum {string} */
                readonly verb: "retry" | "fork";
                /** @description A sortable identifier (ULID). */
                readonly run: string;
                /** @enum {string|null} */
                readonly from: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
                readonly checkpoint?: {
                    /** @enum {string} */
                    readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                    readonly stage: string;
                    readonly step: number;
                    /** @description A sortable identifier (ULID). */
                    readonly run: string;
                    readonly begins: readonly {
                        readonly stage: string;
                        readonly index: number | null;
                        readonly step: number;
                        /** @description SHA-256 in lower-case hexadecimal. */
                        readonly sha256: string;
                    }[];
                    /** @description In what the settings of the checkpoint differ from those that it goes on with. */
                    readonly accepted: readonly ("settings" | "inputs" | "code" | "seed" | "threads")[];
                    /** @description What each stage before the checkpoint runs under: what it ran under then. */
                    readonly history: readonly {
                        readonly stage: string;
                        readonly config: {
                            readonly [key: string]: unknown;
                        };
                        readonly seed: number;
                        readonly threads: number;
                    }[];
                } | null;
            } | null;
            /** @description The plan that it follows; absent where its document asked for none. */
            readonly burst?: {
                /** @enum {string} */
                readonly verdict: "feasible" | "infeasible";
                /** @enum {string} */
                readonly strategy: "local_only" | "prefer_burst" | "hybrid" | "require_burst";
                /** @enum {string} */
                readonly mode: "single" | "parallel" | "redundant" | "pipeline";
                /** @enum {string} */
                readonly spot: "prefer" | "require" | "never";
                readonly prices: {
                    readonly asOf: string;
                    readonly source: string;
                };
                /** @description True where the speed of any machine was taken from a table. */
                readonly assumed: boolean;
                readonly phases: readonly {
                    /** @enum {string} */
                    readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                    /** @enum {string} */
                    readonly place: "local" | "burst";
                    /** @enum {string} */
                    readonly purchase: "local" | "spot" | "on-demand";
                    readonly region: string | null;
                    /** @description The one that was priced first, then others that would do. */
                    readonly instanceTypes: readonly string[];
                    /** @description Machines at work at a time. */
                    readonly width: number;
                    readonly checkpointSeconds: number;
                    /** @description Low and high. */
                    readonly hours: readonly [
                        number,
                        number
                    ];
                    /** @description Low and high. */
                    readonly usd: readonly [
                        number,
                        number
                    ];
                    readonly throughput: {
                        /** @enum {string} */
                        readonly basis: "measured" | "assumed";
                        /** @description Low and high. */
                        readonly flopPerSecond: readonly [
                            number,
                            number
                        ];
                        /** @description Metric records that it was measured by. */
                        readonly records: readonly string[];
                    };
                    readonly because: string;
                }[];
                /** @description Low and high. */
                readonly hours: readonly [
                    number,
                    number
                ];
                /** @description Low and high. */
                readonly usd: readonly [
                    number,
                    number
                ];
                /** @description Most that its machines cost in an hour, together. */
                readonly usdPerHour: number;
                /** @description Share of simulated runs that end in time; null without a deadline. */
                readonly chanceOfDeadline: number | null;
                readonly reasons: readonly string[];
            } | null;
            /** @description What it may cost, as raised last; else what its document says. */
            readonly maxUsd?: number | null;
            /**
             * @description Why it waits.
             * @enum {string|null}
             */
            readonly pauseReason?: "requested" | "budget" | null;
            readonly version: number;
        };
        readonly RunError: {
            readonly kind: string;
            readonly message: string;
            /** @enum {string|null} */
            readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
            /** @description What a person can do next. */
            readonly hint: string;
        };
        readonly RunGates: {
            /** @description A sortable identifier (ULID). */
            readonly run: string;
            readonly items: readonly {
                readonly gate: {
                    readonly metric: string;
                    /** @enum {string} */
                    readonly op: "<" | "<=" | ">" | ">=";
                    readonly bound: number | {
                        readonly metric: string;
                        readonly factor?: number;
                    };
                    /** @enum {string} */
                    readonly onFailure: "report" | "fail";
                };
                /** @enum {string} */
                readonly verdict: "passed" | "failed" | "not measured";
                readonly measured: components["schemas"]["LinkedNumber"] | null;
                readonly bound: components["schemas"]["LinkedNumber"] | null;
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            }[];
            /** @description False once a gate that ends its phase has failed; null while nothing has been evaluated. */
            readonly canProceed: boolean | null;
        };
        readonly RunPlan: {
            readonly name: string;
            readonly seed: number;
            readonly corpus: {
                /** @description A sortable identifier (ULID). */
                readonly id: string;
                readonly name: string;
                readonly bytes: number;
                readonly documents: number;
            } | null;
            readonly phases: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly title: string;
                readonly available: boolean;
                readonly handOver: string;
                readonly rules: readonly string[];
                readonly gates: readonly {
                    readonly metric: string;
                    /** @enum {string} */
                    readonly op: "<" | "<=" | ">" | ">=";
                    readonly bound: number | {
                        readonly metric: string;
                        readonly factor?: number;
                    };
                    /** @enum {string} */
                    readonly onFailure: "report" | "fail";
                }[];
                readonly stages: readonly {
                    readonly name: string;
                    readonly kind: string;
                    readonly size: number;
                    readonly reads: readonly string[];
                    readonly repeat: string | null;
                }[];
                readonly jobs: number;
                readonly resources: {
                    readonly vcpus: number;
                    readonly memoryMiB: number;
                    readonly gpus: number;
                    readonly threads: number;
                };
                readonly timeoutSeconds: number;
                readonly config: {
                    readonly [key: string]: unknown;
                };
            }[];
            readonly deferred: readonly string[];
            readonly burst: components["schemas"]["BurstPlan"];
        };
        readonly RunReport: {
            /** @enum {string} */
            readonly schema: "forge/report/v1";
            readonly run: {
                /** @description A sortable identifier (ULID). */
                readonly id: string;
                readonly name: string;
                /** @enum {string} */
                readonly status: "queued" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "succeeded" | "failed";
                /** @description UTC time, ISO 8601. */
                readonly startedAt: string | null;
                /** @description UTC time, ISO 8601. */
                readonly endedAt: string | null;
                /** @description Null for a run that was submitted as a document of its own. */
                readonly origin: {
                    /** @enum {string} */
                    readonly verb: "retry" | "fork";
                    /** @description A sortable identifier (ULID). */
                    readonly run: string;
                    /** @enum {string|null} */
                    readonly from: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
                } | null;
            };
            readonly error: components["schemas"]["RunError"] | null;
            readonly corpus: {
                /** @description A sortable identifier (ULID). */
                readonly id: string;
                readonly name: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly sha256: string;
                readonly licence: string;
            } | null;
            readonly phases: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly title: string;
                readonly status: string;
                /** @description The run that these figures are of, where the phase was not run again. */
                readonly reusedFrom: string | null;
                readonly jobs: {
                    readonly [key: string]: components["schemas"]["LinkedNumber"];
                };
                /** @description Subject, measure, figure. */
                readonly figures: {
                    readonly [key: string]: {
                        readonly [key: string]: components["schemas"]["LinkedNumber"];
                    };
                };
                readonly gates: readonly {
                    readonly rule: string;
                    /** @enum {string} */
                    readonly verdict: "passed" | "failed" | "not measured";
                    readonly measured: components["schemas"]["LinkedNumber"] | null;
                    /** @description The metric that it is compared with; null where it was not measured, and where the bound is a fixed number. */
                    readonly bound: components["schemas"]["LinkedNumber"] | null;
                    /** @description True where the bound is the number that stands in the rule. */
                    readonly fixed: boolean;
                }[];
                readonly strengths: readonly {
                    readonly model: string;
                    readonly measure: string;
                    /** @enum {string} */
                    readonly wanted: "higher" | "lower";
                    readonly figures: {
                        readonly [key: string]: components["schemas"]["LinkedNumber"] | null;
                    };
                    /** @description The one best model; null where the first two are equal or nothing was measured. */
                    readonly best: string | null;
                    /** @enum {string} */
                    readonly verdict: "ahead" | "not ahead" | "not measured";
                }[];
                /** @description What was checked of models in and out. */
                readonly contracts?: readonly {
                    readonly contract: string;
                    readonly rules: readonly {
                        readonly name: string;
                        /** @enum {string} */
                        readonly subject: "models" | "each";
                        readonly expected: string;
                        readonly got: string;
                        /** @enum {string} */
                        readonly verdict: "passed" | "failed" | "deferred";
                    }[];
                }[];
                readonly highlights?: readonly {
                    readonly label: string;
                    readonly figures: {
                        readonly [key: string]: components["schemas"]["LinkedNumber"] | null;
                    };
                    /** @description The one best figure, where more or less is better. */
                    readonly best: string | null;
                    /** @description What the line says in words, and the figure that decides it. */
                    readonly verdict?: {
                        readonly words: string;
                        readonly figure: components["schemas"]["LinkedNumber"];
                    } | null;
                }[];
                /** @description What the model said before and after, to be read. */
                readonly answers?: readonly {
                    /** @description Name of the prompt. */
                    readonly prompt: string;
                    readonly input: string;
                    /** @description Without the prompt, of the model that came in. */
                    readonly before: string;
                    /** @description Without the prompt, after the phase. */
                    readonly after: string;
                    /** @description With the prompt, of the model that came in. */
                    readonly prompted: string;
                }[];
            }[];
            readonly models: readonly {
                /** @description A sortable identifier (ULID). */
                readonly id: string;
                readonly reference: string;
                readonly role: string;
                readonly parents: readonly string[];
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly weights: string;
            }[];
            /** @description The same measures of every model, phase after phase. */
            readonly course?: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly model: string;
                readonly figures: {
                    readonly [key: string]: components["schemas"]["LinkedNumber"] | null;
                };
            }[];
            readonly claims?: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                /** @description What switched it on; null where the phase always uses it. */
                readonly setting: string | null;
                /** @description Its id: forge claims get ID. */
                readonly claim: string;
                /**
                 * @description Of experiments, when the report was written; not of this run.
                 * @enum {string}
                 */
                readonly verdict: "holds" | "holds in part" | "does not hold" | "not measured";
                readonly records: readonly {
                    readonly experiment: string;
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly sha256: string;
                }[];
            }[];
            /** @description What was planned and what the meter says. */
            readonly cost?: {
                readonly plan: {
                    readonly usd: readonly [
                        number,
                        number
                    ];
                    readonly hours: readonly [
                        number,
                        number
                    ];
                    /** @description True where a speed in the plan was never measured. */
                    readonly assumed: boolean;
                } | null;
                readonly usd: number;
                /** @description Of all machines together. */
                readonly machineHours: number;
                readonly attempts: number;
                /** @description Entries of the ledger that it is the sum of. */
                readonly records: readonly string[];
                readonly phases: readonly {
                    /** @enum {string} */
                    readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                    readonly planned: {
                        readonly usd: readonly [
                            number,
                            number
                        ];
                        readonly hours: readonly [
                            number,
                            number
                        ];
                        /** @description True where a speed in the plan was never measured. */
                        readonly assumed: boolean;
                    } | null;
                    readonly usd: number;
                    /** @description Of all machines together. */
                    readonly machineHours: number;
                    readonly attempts: number;
                    /** @description Entries of the ledger that it is the sum of. */
                    readonly records: readonly string[];
                }[];
            };
            readonly reproduce: {
                readonly command: string;
                readonly document: string;
            };
        };
        readonly RunSummary: {
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            readonly name: string;
            /** @enum {string} */
            readonly status: "queued" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "succeeded" | "failed";
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            /** @description UTC time, ISO 8601. */
            readonly startedAt: string | null;
            /** @description UTC time, ISO 8601. */
            readonly endedAt: string | null;
            readonly version: number;
            readonly phases: readonly {
                /** @enum {string} */
                readonly slug: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly status: string;
            }[];
        };
        readonly SampledSeries: {
            /** @enum {string} */
            readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            readonly stage: string | null;
            readonly index: number | null;
            readonly round: number | null;
            readonly measure: string;
            readonly of: number;
            readonly points: readonly {
                readonly step: number;
                readonly value: number;
                /** @description UTC time, ISO 8601. */
                readonly at: string;
                readonly event?: number;
                readonly metric?: string;
            }[];
        };
        readonly StatusReason: {
            readonly reason: string;
        };
        readonly TestedWebhook: {
            /** @description A sortable identifier (ULID). */
            readonly delivery: string;
            readonly delivered: boolean;
            readonly outcome: string;
        };
        /** @description The execution plan of a run, and how far it has come. */
        readonly Topology: {
            /** @description A sortable identifier (ULID). */
            readonly run: string;
            /** @enum {string} */
            readonly status: "queued" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "succeeded" | "failed";
            readonly phases: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly title: string;
                /** @enum {string} */
                readonly status: "pending" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";
                readonly attempts: number;
                readonly handOver: {
                    readonly name: string;
                    /** @enum {string|null} */
                    readonly from: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
                    readonly rules: readonly string[];
                    readonly checked: {
                        readonly contract: string;
                        readonly rules: readonly {
                            readonly name: string;
                            /** @enum {string} */
                            readonly subject: "models" | "each";
                            readonly expected: string;
                            readonly got: string;
                            /** @enum {string} */
                            readonly verdict: "passed" | "failed" | "deferred";
                        }[];
                    } | null;
                };
                readonly stages: readonly {
                    readonly name: string;
                    /** @enum {string} */
                    readonly kind: "single" | "array" | "reduce";
                    /** @description How many jobs. */
                    readonly size: number;
                    readonly reads: readonly string[];
                    readonly repeat: string | null;
                    /** @description Ended rounds; null where the stage runs once. */
                    readonly rounds: number | null;
                }[];
                /** @description With one round of each group that repeats. */
                readonly jobs: number;
                readonly inputs: readonly string[];
                readonly outputs: readonly string[];
                /** @description A sortable identifier (ULID). */
                readonly reusedFrom: string | null;
            }[];
        };
        readonly Upload: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            /** @description SHA-256 in lower-case hexadecimal. */
            readonly contentHash: string;
            readonly folder: string;
            /** @enum {string} */
            readonly status: "started" | "unmatched" | "refused";
            readonly rule: string | null;
            /** @description A sortable identifier (ULID). */
            readonly modelId: string | null;
            /** @description A sortable identifier (ULID). */
            readonly runId: string | null;
            readonly reason: {
                readonly code: string;
                readonly message: string;
                readonly hint: string | null;
            } | null;
            readonly quarantined: readonly string[];
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            readonly recordVersion: number;
        };
        readonly Webhook: {
            /** @enum {number} */
            readonly schemaVersion: 1;
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly id: string;
            readonly url: string;
            readonly events: readonly string[];
            /** @description False once too many attempts in a row have failed. */
            readonly active: boolean;
            /** @description Failed attempts since the last one that went well. */
            readonly failures: number;
            /** @description UTC time, ISO 8601. */
            readonly disabledAt: string | null;
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            /** @description UTC time, ISO 8601. */
            readonly updatedAt: string;
            readonly recordVersion: number;
        };
        readonly WebhookDelivery: {
            /** @description The header `webhook-id` of every attempt. */
            readonly id: string;
            readonly type: string;
            /** @description Null for a test. */
            readonly run: string | null;
            /** @enum {string} */
            readonly status: "pending" | "delivered" | "failed";
            readonly attempts: number;
            /** @description UTC time, ISO 8601. */
            readonly nextAttemptAt: string | null;
            /** @description What came of the last attempt. */
            readonly outcome: string | null;
            /** @description UTC time, ISO 8601. */
            readonly createdAt: string;
            /** @description UTC time, ISO 8601. */
            readonly updatedAt: string;
        };
        readonly WebhookToCreate: {
            /** @description https:// address of a public host. */
            readonly url: string;
            /**
             * @description Types of events that are sent.
             * @default [
             *       "RunCompleted",
             *       "RunFailed",
             *       "RunCancelled"
             *     ]
             */
            readonly events?: readonly ("RunSubmitted" | "RunStarted" | "RunPlanned" | "RunCompleted" | "RunFailed" | "RunCancelled" | "RunCancelRequested" | "RunPauseRequested" | "RunPaused" | "BudgetReached" | "RunResumed" | "PhaseStarted" | "PhaseCompleted" | "RoundCompleted" | "ContractChecked" | "PhaseFailed" | "PhaseRetried" | "PhaseReused" | "GateEvaluated" | "JobSubmitted" | "JobStarted" | "JobFinished" | "CheckpointSaved" | "CheckpointRejected" | "ModelRegistered" | "CorpusRegistered" | "WebhookDisabled")[];
        };
        /** @description Model architecture */
        readonly architecture: {
            /** @description Architecture family, e.g. `tiny-titan`. */
            readonly type: string;
            /** @description Number of parameters; tied tensors count once. */
            readonly parameters: number;
            /** @description Bytes of the weight file. */
            readonly bytes: number;
            readonly layers: number;
            readonly hiddenSize: number;
            readonly thoughtTokens: number;
            readonly quantised: boolean;
            /** @description Bits per weight as stored. */
            readonly bits: number;
            readonly toolLayers: number;
            readonly toolTypes: readonly string[];
        };
        /** @description Event */
        readonly event: {
            /** @description Rises by one per run, without gaps. */
            readonly seq: number;
            /** @enum {string} */
            readonly type: "RunSubmitted" | "RunStarted" | "RunPlanned" | "RunCompleted" | "RunFailed" | "RunCancelled" | "RunCancelRequested" | "RunPauseRequested" | "RunPaused" | "BudgetReached" | "RunResumed" | "PhaseStarted" | "PhaseCompleted" | "RoundCompleted" | "ContractChecked" | "PhaseFailed" | "PhaseRetried" | "PhaseReused" | "GateEvaluated" | "JobSubmitted" | "JobStarted" | "JobFinished" | "CheckpointSaved" | "CheckpointRejected" | "ModelRegistered" | "CorpusRegistered" | "WebhookDisabled" | "phase_progress" | "generation_update" | "training_metrics" | "compression_progress" | "error_notification";
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly tenant: string;
            /** @description A sortable identifier (ULID). */
            readonly run: string;
            /** @enum {string|null} */
            readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
            /** @description Which start of the phase; null for what belongs to the run. The attempt of a job is data.jobAttempt. */
            readonly attempt: number | null;
            /** @description UTC time, ISO 8601. */
            readonly at: string;
            readonly data: {
                readonly [key: string]: unknown;
            };
        };
        /** @description Metric record */
        readonly "metric-record": {
            /**
             * @description Version of this document; a release reads the one before.
             * @enum {number}
             */
            readonly schemaVersion: 1;
            readonly id: string;
            readonly name: string;
            readonly value: number;
            readonly unit: string;
            /** @description A sortable identifier (ULID). */
            readonly runId: string;
            /** @enum {string} */
            readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            readonly stage: string;
            readonly index: number | null;
            /** @description Round of a repeated stage. */
            readonly round?: number | null;
            readonly jobId: string;
            readonly attempt: number;
            readonly step: number | null;
            readonly model: string | null;
            readonly split: string | null;
            /** @description The code that measured: module and function. */
            readonly source: string;
            /** @description UTC time, ISO 8601. */
            readonly at: string;
        };
        /** @description Model metadata */
        readonly "model-metadata": {
            /**
             * @description Version of this document; a release reads the one before.
             * @enum {number}
             */
            readonly schemaVersion: 1;
            /** @enum {string} */
            readonly kind: "ModelMetadata";
            readonly identity: {
                /** @description A sortable identifier (ULID). */
                readonly id: string;
                readonly reference: string;
                readonly name: string;
                readonly version: number;
                readonly role: string;
                /** @enum {string} */
                readonly status: "active" | "archived" | "quarantined";
                /** @description Null when imported. */
                readonly run: {
                    /** @description A sortable identifier (ULID). */
                    readonly id: string;
                    readonly name: string;
                } | null;
                /** @enum {string|null} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | null;
                /** @description UTC time, ISO 8601. */
                readonly createdAt: string;
            };
            readonly architecture: components["schemas"]["architecture"];
            readonly properties: components["schemas"]["properties"];
            readonly lineage: {
                readonly parents: readonly {
                    /** @description A sortable identifier (ULID). */
                    readonly modelId: string;
                    /** @description Null when the registry has no record of it. */
                    readonly reference: string | null;
                    readonly role: string | null;
                    /** @enum {string} */
                    readonly relation: "continued-from" | "merged-from" | "quantised-from" | "baked-from" | "compressed-from" | "deployed-from";
                    readonly weight: number;
                }[];
                /** @description Nearest first; the parents are among them. */
                readonly ancestors: readonly {
                    /** @description A sortable identifier (ULID). */
                    readonly modelId: string;
                    /** @description Null when the registry has no record of it. */
                    readonly reference: string | null;
                    readonly role: string | null;
                }[];
                readonly phases: readonly {
                    /** @enum {string} */
                    readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                    /** @description A sortable identifier (ULID). */
                    readonly runId: string;
                    /** @description UTC time, ISO 8601. */
                    readonly at: string;
                }[];
            };
            readonly metrics: readonly {
                readonly name: string;
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly split: string | null;
                readonly source: string;
                readonly measured: {
                    readonly value: number;
                    readonly unit: string;
                    /** @description Id of the metric record that the value was read from. */
                    readonly metric: string;
                };
            }[];
            readonly files: readonly {
                readonly path: string;
                /** @description SHA-256 in lower-case hexadecimal. */
                readonly sha256: string;
                readonly bytes: number;
            }[];
            /** @description Of every corpus and every import that the model and its ancestors go back to. */
            readonly licences: readonly {
                /** @enum {string} */
                readonly of: "corpus" | "import";
                readonly name: string;
                /** @description Hash of the corpus, or of the weights that were imported. */
                readonly sha256: string;
                readonly licence: string;
            }[];
            /** @description Null for what was imported: it was not made here. */
            readonly reproduction: {
                readonly command: string;
                /** @description The run document, as JSON. */
                readonly document: string;
                /** @description Seed of every random choice. */
                readonly seed: number;
                readonly threads: number;
            } | null;
        };
        /** @description Measured model properties */
        readonly properties: {
            /**
             * @description Version of this document; a release reads the one before.
             * @enum {number}
             */
            readonly schemaVersion: 1;
            /** @description Hash of tensor names and shapes without the thought, quant and lora blocks. */
            readonly architectureHash: string;
            /** @description SHA-256 in lower-case hexadecimal. */
            readonly tokenizerHash: string;
            /** @description SHA-256 in lower-case hexadecimal. */
            readonly weightsHash: string;
            /** @description Weights hash of the common base that this model was continued from. */
            readonly baseHash: string | null;
            readonly parameters: number;
            readonly bytes: number;
            readonly tensors: number;
            readonly layers: number;
            readonly hiddenSize: number;
            /** @description Rows of the embedding. */
            readonly vocabRows: number;
            /** @description Entries of the tokenizer, reserved ones included. */
            readonly tokenizerSize: number;
            /** @description Rows kept for thought, tool and persona tokens. */
            readonly reservedRows: number;
            readonly tied: boolean;
            readonly finite: boolean;
            /** @description Names of matrices without a single non-zero entry. */
            readonly zeroMatrices: readonly string[];
            readonly thoughtTokens: number;
            /** @enum {string} */
            readonly ternary: "none" | "masters" | "packed";
            readonly toolLayers: number;
            readonly toolTypes: readonly string[];
            readonly parents: number;
            /** @description Norm of (weights - base) over norm of base; null for a base. */
            readonly relativeTaskVector: number | null;
        };
        /** @description Agent Forge run document */
        readonly run: {
            /** @enum {string} */
            readonly apiVersion: "forge/v1";
            /**
             * @default Run
             * @enum {string}
             */
            readonly kind?: "Run";
            /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
            readonly name: string;
            /** @description The phases to run, in order and without gaps: slugs or numbers 1 to 8. */
            readonly phases: readonly (("cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression") | number)[];
            /** @description Named settings that `config` overrides; see `forge presets list`. */
            readonly preset?: string;
            readonly input: {
                /** @description Corpus to train and measure on: id, name or name@hash prefix. */
                readonly corpus?: string;
                /** @description Model to start from: id, name, name@version, name@latest or an alias such as name@best. */
                readonly model?: string;
                /** @description Several models to start from, such as the parents of a merge; instead of `model`. */
                readonly models?: readonly string[];
            };
            /**
             * @description Seed of every random choice.
             * @default 1
             */
            readonly seed?: number;
            /**
             * @description Settings per phase; what is left out takes its default.
             * @default {}
             */
            readonly config?: {
                readonly cognate?: {
                    /**
                     * @description Width of the residual stream.
                     * @default 256
                     */
                    readonly d_model?: number;
                    /**
                     * @description Blocks; ACT ponders over the last one.
                     * @default 2
                     */
                    readonly num_layers?: number;
                    /**
                     * @description Attention heads.
                     * @default 4
                     */
                    readonly num_heads?: number;
                    /**
                     * @description Inner width of the SwiGLU feed-forward.
                     * @default 512
                     */
                    readonly d_ff?: number;
                    /**
                     * @description Embedding rows = tokenizer length, 32 of them reserved.
                     * @default 2048
                     */
                    readonly vocab_size?: number;
                    /**
                     * @description Tokens per training row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Sliding attention window in tokens.
                     * @default 64
                     */
                    readonly window?: number;
                    /**
                     * @description Rows per step.
                     * @default 4
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Optimizer steps per model in all (base + continuation).
                     * @default 350
                     */
                    readonly steps?: number;
                    /**
                     * @description Share of the steps spent on the shared base.
                     * @default 0.5
                     */
                    readonly base_fraction?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.003
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.05
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 20
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices.
                     * @default 0.1
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Apply the SubLN gains (they exist in any case).
                     * @default true
                     */
                    readonly subln?: boolean;
                    /**
                     * @description Adaptive computation time over the last block.
                     * @default true
                     */
                    readonly act_enabled?: boolean;
                    /**
                     * @description Most ponder steps per token.
                     * @default 2
                     */
                    readonly act_n_max?: number;
                    /**
                     * @description Halting threshold is 1 - act_eps.
                     * @default 0.01
                     */
                    readonly act_eps?: number;
                    /**
                     * @description Initial bias of the halting unit.
                     * @default 1
                     */
                    readonly act_halt_bias?: number;
                    /**
                     * @description Final ponder-cost weight (each variant scales it).
                     * @default 0.02
                     */
                    readonly ponder_tau?: number;
                    /**
                     * @description Long-term memory.
                     * @default true
                     */
                    readonly ltm_enabled?: boolean;
                    /**
                     * @description Width of memory keys and values.
                     * @default 64
                     */
                    readonly ltm_dim?: number;
                    /**
                     * @description Layers of the memory net (1 = a matrix).
                     * @default 1
                     */
                    readonly ltm_depth?: number;
                    /**
                     * @description Tokens whose gradients are taken at one point.
                     * @default 32
                     */
                    readonly ltm_chunk?: number;
                    /**
                     * @description Kernel of the causal depthwise convolution (1 = none).
                     * @default 4
                     */
                    readonly ltm_conv?: number;
                    /**
                     * @description Learned input-independent tokens in front of the sequence.
                     * @default 0
                     */
                    readonly ltm_persistent?: number;
                    /**
                     * @description Every k-th document is held out.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Most bytes of the train split that the tokenizer is trained on.
                     * @default 4000000
                     */
                    readonly tokenizer_bytes?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 400000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split that are scored.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Tokens newly scored per evaluation window.
                     * @default 96
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Windows per evaluation batch.
                     * @default 16
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Share of a variant's rows that are its synthetic task.
                     * @default 0.4
                     */
                    readonly synthetic_share?: number;
                    /**
                     * @description Questions per probe.
                     * @default 64
                     */
                    readonly probe_items?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly evomerge?: {
                    /**
                     * @description Generations after the first one; 0 evaluates the recipes and takes the best.
                     * @default 3
                     */
                    readonly generations?: number;
                    /**
                     * @description Individuals evaluated per generation after the first.
                     * @default 8
                     */
                    readonly population?: number;
                    /**
                     * @description Jobs that share the evaluation of a generation.
                     * @default 2
                     */
                    readonly workers?: number;
                    /**
                     * @description Best individuals that live on unchanged (scalar selection).
                     * @default 2
                     */
                    readonly elites?: number;
                    /**
                     * @description By weighted fitness, or by NSGA-II over all four objectives.
                     * @default scalar
                     * @enum {string}
                     */
                    readonly selection?: "scalar" | "pareto";
                    /**
                     * @description Crossover and mutation over all methods, or CMA-ES inside the method that leads after the first generation.
                     * @default genetic
                     * @enum {string}
                     */
                    readonly search?: "genetic" | "cma-es";
                    /**
                     * @description First step size of CMA-ES, as a share of each range.
                     * @default 0.1667
                     */
                    readonly cma_sigma?: number;
                    /**
                     * @description Methods that mutation and immigrants may draw.
                     * @default [
                     *       "linear",
                     *       "slerp",
                     *       "ties",
                     *       "dare_linear",
                     *       "dare_ties",
                     *       "task_arithmetic",
                     *       "model_stock",
                     *       "dfs",
                     *       "passthrough"
                     *     ]
                     */
                    readonly methods?: readonly ("linear" | "slerp" | "nuslerp" | "karcher" | "model_stock" | "dfs" | "task_arithmetic" | "ties" | "dare_linear" | "dare_ties" | "della" | "della_linear" | "breadcrumbs" | "breadcrumbs_ties" | "passthrough")[];
                    /**
                     * @description Merges that replace the eight of the first generation; with generations 0 the phase is a plain merge.
                     * @default []
                     */
                    readonly recipes?: readonly {
                        /** @enum {string} */
                        readonly method: "linear" | "slerp" | "nuslerp" | "karcher" | "model_stock" | "dfs" | "task_arithmetic" | "ties" | "dare_linear" | "dare_ties" | "della" | "della_linear" | "breadcrumbs" | "breadcrumbs_ties" | "passthrough";
                        /** @description Input models by name. */
                        readonly models?: readonly string[];
                        /** @description One per model. */
                        readonly weights?: readonly number[];
                        /** @description Divide the weights by their sum. */
                        readonly normalize?: boolean;
                        /** @description Where on the arc of SLERP: 0 the first, 1 the second. */
                        readonly t?: number;
                        /** @description Share of each task vector that is kept. */
                        readonly density?: number;
                        /** @description Share of each task vector that DARE drops. */
                        readonly drop?: number;
                        /** @description Scale of the merged task vector. */
                        readonly lambda?: number;
                        /** @description Layers of a passthrough, from the first on. */
                        readonly slices?: readonly {
                            /** @description Input model that the layers are taken from. */
                            readonly model: string;
                            /** @description First layer and the one after the last. */
                            readonly layers: readonly [
                                number,
                                number
                            ];
                        }[];
                    }[];
                    /**
                     * @description Weight of perplexity in the fitness.
                     * @default 0.4
                     */
                    readonly weight_perplexity?: number;
                    /**
                     * @description Weight of next-token accuracy in the fitness.
                     * @default 0.3
                     */
                    readonly weight_accuracy?: number;
                    /**
                     * @description Weight of speed (counted operations per token) in the fitness.
                     * @default 0.2
                     */
                    readonly weight_speed?: number;
                    /**
                     * @description Weight of memory (bytes) in the fitness.
                     * @default 0.1
                     */
                    readonly weight_memory?: number;
                    /**
                     * @description Chance that a child has two parents.
                     * @default 0.9
                     */
                    readonly crossover_rate?: number;
                    /**
                     * @description Distribution index of simulated binary crossover.
                     * @default 15
                     */
                    readonly crossover_eta?: number;
                    /**
                     * @description Distribution index of polynomial mutation.
                     * @default 20
                     */
                    readonly mutation_eta?: number;
                    /**
                     * @description Chance that mutation draws another method.
                     * @default 0.15
                     */
                    readonly reset_rate?: number;
                    /**
                     * @description Immigrants come when the population differs by less than this share of the first generation.
                     * @default 0.1
                     */
                    readonly diversity_floor?: number;
                    /**
                     * @description Share of the next generation that is drawn anew then.
                     * @default 0.2
                     */
                    readonly immigrant_share?: number;
                    /**
                     * @description Stop after so many without a gain; 0 never.
                     * @default 3
                     */
                    readonly plateau_generations?: number;
                    /**
                     * @description What counts as a gain of the leading measure.
                     * @default 0.0005
                     */
                    readonly plateau_gain?: number;
                    /**
                     * @description Tokens per evaluated row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 8
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Tokens on which each individual is scored.
                     * @default 4096
                     */
                    readonly screen_tokens?: number;
                    /**
                     * @description Tokens on which the finalists are scored again.
                     * @default 8192
                     */
                    readonly rescore_tokens?: number;
                    /**
                     * @description Tokens of documents that fitness never saw, for the report.
                     * @default 8192
                     */
                    readonly report_tokens?: number;
                    /**
                     * @description Individuals that are scored again.
                     * @default 3
                     */
                    readonly finalists?: number;
                    /**
                     * @description Positions at which predictions are compared.
                     * @default 64
                     */
                    readonly probe_tokens?: number;
                    /**
                     * @description Questions per probe of the report.
                     * @default 32
                     */
                    readonly probe_items?: number;
                    /**
                     * @description Every k-th document is held out, where the models do not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                };
                readonly "quiet-star"?: {
                    /**
                     * @description Tokens of a thought, its two marks not counted.
                     * @default 4
                     */
                    readonly n_thought?: number;
                    /**
                     * @description True tokens that a thought has a say in.
                     * @default 4
                     */
                    readonly n_true?: number;
                    /**
                     * @description Thoughts per place in training; each is rewarded against the others.
                     * @default 2
                     */
                    readonly samples?: number;
                    /**
                     * @description Think after every k-th token, or where the next token is hardest.
                     * @default every
                     * @enum {string}
                     */
                    readonly select?: "every" | "hard";
                    /**
                     * @description k; with `hard`, one place per k tokens.
                     * @default 16
                     */
                    readonly every?: number;
                    /**
                     * @description With `hard`: least entropy of a place in nats.
                     * @default 0
                     */
                    readonly threshold?: number;
                    /**
                     * @description Thoughts are sampled at it.
                     * @default 1
                     */
                    readonly temperature?: number;
                    /**
                     * @description Weight of thoughts before training; 0 says exactly what the model said without them.
                     * @default 0
                     */
                    readonly first_weight?: number;
                    /**
                     * @description Noise on the marks' first vectors, in deviations of the embedding.
                     * @default 0.35
                     */
                    readonly mark_noise?: number;
                    /**
                     * @description Weight of REINFORCE.
                     * @default 1
                     */
                    readonly policy_weight?: number;
                    /**
                     * @description Weight of the loss without thoughts.
                     * @default 0.5
                     */
                    readonly quiet_weight?: number;
                    /**
                     * @description Largest reward; the smallest is 0.
                     * @default 5
                     */
                    readonly reward_clip?: number;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per step.
                     * @default 2
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Optimizer steps, of the thinker and of its control.
                     * @default 60
                     */
                    readonly steps?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.0001
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.1
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 5
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices.
                     * @default 0.001
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split that rows are taken from.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Held-out rows that thoughts are measured on.
                     * @default 48
                     */
                    readonly eval_rows?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 8
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Redrawn sets of rows behind each interval.
                     * @default 1000
                     */
                    readonly bootstrap_draws?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly bitnet?: {
                    /**
                     * @description Projections that stay in floating point: shell patterns over names below the blocks, such as `0.*`.
                     * @default []
                     */
                    readonly kept_fp?: readonly string[];
                    /**
                     * @description Codes in the packed file: 2 bits a weight, or five weights a byte.
                     * @default base-3
                     * @enum {string}
                     */
                    readonly packing?: "two-bit" | "base-3";
                    /**
                     * @description Embedding in the packed file; int8 has a scale per row.
                     * @default int8
                     * @enum {string}
                     */
                    readonly embedding_stored?: "float32" | "float16" | "int8";
                    /**
                     * @description What is neither embedding nor ternary, in the packed file.
                     * @default float16
                     * @enum {string}
                     */
                    readonly kept_stored?: "float32" | "float16";
                    /**
                     * @description Share of the steps in which quantisation grows to its full strength; 0 is at once.
                     * @default 0.5
                     */
                    readonly strength_share?: number;
                    /**
                     * @description In a model that thinks, every k-th step also trains what is said after thoughts.
                     * @default 8
                     */
                    readonly thought_every?: number;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per step.
                     * @default 4
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Optimizer steps.
                     * @default 100
                     */
                    readonly steps?: number;
                    /**
                     * @description Peak learning rate; ternary weights stand, and need, more than full precision does.
                     * @default 0.002
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.05
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 5
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices; it pulls masters back from the thresholds that they have to cross.
                     * @default 0
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 200000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split that are scored.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Tokens newly scored per evaluation window.
                     * @default 96
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Windows per evaluation batch.
                     * @default 16
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Held-out rows on which activations and the packed file are looked at.
                     * @default 16
                     */
                    readonly calibration_rows?: number;
                    /**
                     * @description Decoding steps that are timed, of each model.
                     * @default 60
                     */
                    readonly profile_repeats?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly training?: {
                    /**
                     * @description Amplify slow gradients by a running or a windowed mean.
                     * @default off
                     * @enum {string}
                     */
                    readonly grokfast?: "off" | "ema" | "window";
                    /**
                     * @description Decay of the running mean.
                     * @default 0.98
                     */
                    readonly grokfast_alpha?: number;
                    /**
                     * @description Steps of the windowed mean.
                     * @default 100
                     */
                    readonly grokfast_window?: number;
                    /**
                     * @description Weight of the mean that is added.
                     * @default 0.5
                     */
                    readonly grokfast_amplification?: number;
                    /**
                     * @description Weight of predicting an own hidden state; 0 is off.
                     * @default 0
                     */
                    readonly self_model_weight?: number;
                    /**
                     * @description Share of the steps in which that weight grows.
                     * @default 0.1
                     */
                    readonly self_model_ramp?: number;
                    /**
                     * @description Gradients into the model that are cut; with both it is a probe that changes nothing.
                     * @default none
                     * @enum {string}
                     */
                    readonly self_model_detach?: "none" | "target" | "both";
                    /**
                     * @description Replay own samples, by the snapshot's distribution or by their tokens.
                     * @default off
                     * @enum {string}
                     */
                    readonly dreams?: "off" | "distil" | "sample";
                    /**
                     * @description Dreams' part of the loss.
                     * @default 0.2
                     */
                    readonly dream_share?: number;
                    /**
                     * @description Steps between two looks at old data.
                     * @default 500
                     */
                    readonly dream_wake?: number;
                    /**
                     * @description Most dreams that are kept.
                     * @default 2048
                     */
                    readonly dream_buffer?: number;
                    /**
                     * @description Tokens of real text that a dream begins with.
                     * @default 8
                     */
                    readonly dream_prompt?: number;
                    /**
                     * @description Dreams are sampled at it.
                     * @default 1
                     */
                    readonly dream_temperature?: number;
                    /**
                     * @description Probability of the likeliest tokens that are sampled from.
                     * @default 0.95
                     */
                    readonly dream_top_p?: number;
                    /**
                     * @description Nats a token that old data may get worse in a cycle before it is undone.
                     * @default 0.02
                     */
                    readonly dream_tolerance?: number;
                    /**
                     * @description Change how hard questions are, to keep the share of right answers.
                     * @default false
                     */
                    readonly edge?: boolean;
                    /**
                     * @description Share of right answers aimed at.
                     * @default 0.65
                     */
                    readonly edge_target?: number;
                    /**
                     * @description Distance from it at which nothing is changed.
                     * @default 0.1
                     */
                    readonly edge_band?: number;
                    /**
                     * @description Graded answers between two decisions.
                     * @default 200
                     */
                    readonly edge_window?: number;
                    /**
                     * @description Difficulty to begin with.
                     * @default 0
                     */
                    readonly edge_first?: number;
                    /**
                     * @description Temperature of the loss's softmax at first; 1 is off.
                     * @default 1
                     */
                    readonly temperature_start?: number;
                    /**
                     * @description Share of the steps in which it comes to 1.
                     * @default 0.3
                     */
                    readonly temperature_share?: number;
                    /**
                     * @description Share of rows that are questions; the rest is text.
                     * @default 0.25
                     */
                    readonly synthetic_share?: number;
                    /**
                     * @description In a model that thinks, every k-th step practises speaking after thoughts.
                     * @default 4
                     */
                    readonly thought_every?: number;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per step, dreams not counted.
                     * @default 4
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Optimizer steps.
                     * @default 60
                     */
                    readonly steps?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.0005
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.1
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 5
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices.
                     * @default 0.001
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Of matrix products in training.
                     * @default float32
                     * @enum {string}
                     */
                    readonly precision?: "float32" | "bfloat16";
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split; half guards dreams, half is reported.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Most rows of held-out text, and rows of questions.
                     * @default 48
                     */
                    readonly eval_rows?: number;
                    /**
                     * @description New targets per window of bits per byte.
                     * @default 96
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 8
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Redrawn sets of rows behind each interval.
                     * @default 1000
                     */
                    readonly bootstrap_draws?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly baking?: {
                    /**
                     * @description Prompts and personas to bake, as data.
                     * @default [
                     *       {
                     *         "name": "clerk",
                     *         "text": "@a4b7c2d9e5f1",
                     *         "inputs": [
                     *           "?a",
                     *           "?b",
                     *           "?c",
                     *           "?d",
                     *           "?e",
                     *           "?f",
                     *           "?a4c",
                     *           "?a4e",
                     *           "?b7d",
                     *           "?b7f",
                     *           "?c2a",
                     *           "?c2e",
                     *           "?d9b",
                     *           "?d9f",
                     *           "?e5a",
                     *           "?e5c",
                     *           "?f1b",
                     *           "?f1d"
                     *         ],
                     *         "probes": [
                     *           {
                     *             "input": "?a4b",
                     *             "expected": "7"
                     *           },
                     *           {
                     *             "input": "?b7a",
                     *             "expected": "4"
                     *           },
                     *           {
                     *             "input": "?c2b",
                     *             "expected": "7"
                     *           },
                     *           {
                     *             "input": "?d9a",
                     *             "expected": "4"
                     *           },
                     *           {
                     *             "input": "?e5b",
                     *             "expected": "7"
                     *           },
                     *           {
                     *             "input": "?f1a",
                     *             "expected": "4"
                     *           },
                     *           {
                     *             "input": "?a4d",
                     *             "expected": "9"
                     *           },
                     *           {
                     *             "input": "?b7c",
                     *             "expected": "2"
                     *           },
                     *           {
                     *             "input": "?c2d",
                     *             "expected": "9"
                     *           },
                     *           {
                     *             "input": "?d9c",
                     *             "expected": "2"
                     *           },
                     *           {
                     *             "input": "?e5d",
                     *             "expected": "9"
                     *           },
                     *           {
                     *             "input": "?f1c",
                     *             "expected": "2"
                     *           },
                     *           {
                     *             "input": "?a4f",
                     *             "expected": "1"
                     *           },
                     *           {
                     *             "input": "?b7e",
                     *             "expected": "5"
                     *           },
                     *           {
                     *             "input": "?c2f",
                     *             "expected": "1"
                     *           },
                     *           {
                     *             "input": "?d9e",
                     *             "expected": "5"
                     *           },
                     *           {
                     *             "input": "?e5f",
                     *             "expected": "1"
                     *           },
                     *           {
                     *             "input": "?f1e",
                     *             "expected": "5"
                     *           },
                     *           {
                     *             "input": "?a4b7c",
                     *             "expected": "2"
                     *           },
                     *           {
                     *             "input": "?b7a4f",
                     *             "expected": "1"
                     *           },
                     *           {
                     *             "input": "?c2f1d",
                     *             "expected": "9"
                     *           },
                     *           {
                     *             "input": "?d9c2e",
                     *             "expected": "5"
                     *           },
                     *           {
                     *             "input": "?e5d9a",
                     *             "expected": "4"
                     *           },
                     *           {
                     *             "input": "?f1e5b",
                     *             "expected": "7"
                     *           }
                     *         ]
                     *       }
                     *     ]
                     */
                    readonly prompts?: readonly {
                        /** @description What figures and the vector are named after. */
                        readonly name: string;
                        /** @description Stands in front of every input, as it is. */
                        readonly text: string;
                        /** @description What it is baked on; openings of the corpus without them. */
                        readonly inputs?: readonly string[];
                        /** @description What it is measured on, every second one for the report; held-out openings without them. */
                        readonly probes?: readonly {
                            /** @description What the model is asked; never one of the inputs. */
                            readonly input: string;
                            /** @description How a right answer begins, where one is known. */
                            readonly expected?: string;
                        }[];
                    }[];
                    /**
                     * @description Several prompts: all in one text, or one after the other with every earlier one tested again.
                     * @default union
                     * @enum {string}
                     */
                    readonly order?: "union" | "sequence";
                    /**
                     * @description Bakes of each prompt, each with the last baked model as its teacher.
                     * @default 1
                     */
                    readonly rounds?: number;
                    /**
                     * @description Rounds end once one moves held-out answers by less, in nats a token; 0 is never.
                     * @default 0
                     */
                    readonly pursuit_gain?: number;
                    /**
                     * @description What is trained: all weights, or adapters of low rank beside blocks and memory.
                     * @default full
                     * @enum {string}
                     */
                    readonly method?: "full" | "low-rank";
                    /**
                     * @description Of the adapters.
                     * @default 16
                     */
                    readonly rank?: number;
                    /**
                     * @description The change of an adapter is scaled by alpha / rank.
                     * @default 32
                     */
                    readonly alpha?: number;
                    /**
                     * @description Part of the change that is added; less is half-baked.
                     * @default 1
                     */
                    readonly strength?: number;
                    /**
                     * @description A bake ends at this divergence on held-out answers, in nats a token; 0 is never.
                     * @default 0.05
                     */
                    readonly stop_kl?: number;
                    /**
                     * @description It ends as well at this share of the first divergence; .5 is half-baked.
                     * @default 0
                     */
                    readonly stop_share?: number;
                    /**
                     * @description Steps between two looks at held-out answers.
                     * @default 10
                     */
                    readonly check_every?: number;
                    /**
                     * @description Answers of the prompted model to train on.
                     * @default 128
                     */
                    readonly answers?: number;
                    /**
                     * @description Tokens of an opening of the corpus, where a prompt names no inputs.
                     * @default 12
                     */
                    readonly input_tokens?: number;
                    /**
                     * @description Tokens of an answer.
                     * @default 4
                     */
                    readonly answer_tokens?: number;
                    /**
                     * @description Answers to train on are sampled at it.
                     * @default 1
                     */
                    readonly temperature?: number;
                    /**
                     * @description Weight of staying as it was elsewhere.
                     * @default 0.1
                     */
                    readonly retain_weight?: number;
                    /**
                     * @description Rows per step on which it stays as it was.
                     * @default 4
                     */
                    readonly retain_rows?: number;
                    /**
                     * @description Share of those rows that are questions; the rest is text.
                     * @default 0.5
                     */
                    readonly synthetic_share?: number;
                    /**
                     * @description Openings of held-out text to measure on, where a prompt names no probes.
                     * @default 24
                     */
                    readonly probe_count?: number;
                    /**
                     * @description Answers per step.
                     * @default 16
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Most optimizer steps of a bake.
                     * @default 60
                     */
                    readonly steps?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.0005
                     */
                    readonly learning_rate?: number;
                    /**
                     * @description Last learning rate as a share of the peak.
                     * @default 0.1
                     */
                    readonly min_lr_fraction?: number;
                    /**
                     * @description Linear warm-up.
                     * @default 5
                     */
                    readonly warmup_steps?: number;
                    /**
                     * @description AdamW decay of matrices.
                     * @default 0
                     */
                    readonly weight_decay?: number;
                    /**
                     * @description Gradient norm limit.
                     * @default 1
                     */
                    readonly grad_clip?: number;
                    /**
                     * @description Tokens per row of held-out text.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split; half of it decides when a bake ends, half is reported.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Rows on which it should have stayed as it was.
                     * @default 32
                     */
                    readonly eval_rows?: number;
                    /**
                     * @description New targets per window of bits per byte.
                     * @default 128
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 16
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Redrawn sets of probes behind each interval.
                     * @default 1000
                     */
                    readonly bootstrap_draws?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                };
                readonly deployment?: {
                    /**
                     * @description Where the model is to run.
                     * @default cloud
                     * @enum {string}
                     */
                    readonly target?: "cloud" | "edge" | "automotive";
                    /**
                     * @description Graphs to make.
                     * @default [
                     *       "fp32",
                     *       "int8",
                     *       "int4"
                     *     ]
                     */
                    readonly variants?: readonly ("fp32" | "int8" | "int4")[];
                    /**
                     * @description Batch sizes to measure.
                     * @default [
                     *       1,
                     *       2,
                     *       4,
                     *       8,
                     *       16,
                     *       32
                     *     ]
                     */
                    readonly batches?: readonly number[];
                    /**
                     * @description Tokens of a call.
                     * @default [
                     *       32,
                     *       128,
                     *       512
                     *     ]
                     */
                    readonly sequences?: readonly number[];
                    /**
                     * @description Threads of the runtime.
                     * @default [
                     *       1
                     *     ]
                     */
                    readonly thread_counts?: readonly number[];
                    /**
                     * @description Calls before those.
                     * @default 20
                     */
                    readonly warm_ups?: number;
                    /**
                     * @description Timed calls.
                     * @default 200
                     */
                    readonly calls?: number;
                    /**
                     * @description Tokens to decode.
                     * @default 32
                     */
                    readonly decode_tokens?: number;
                    /**
                     * @description Random and real batches to compare with torch.
                     * @default 64
                     */
                    readonly parity_batches?: number;
                    /**
                     * @description Tokens of a row of those.
                     * @default 32
                     */
                    readonly parity_tokens?: number;
                    /**
                     * @description Weights per scale in int4.
                     * @default 32
                     */
                    readonly block_size?: 16 | 32 | 64 | 128;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per step.
                     * @default 4
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description Rows per evaluation batch.
                     * @default 8
                     */
                    readonly eval_batch_size?: number;
                    /**
                     * @description Steps between training_metrics events.
                     * @default 10
                     */
                    readonly log_every?: number;
                    /**
                     * @description Bound on the 95th percentile.
                     * @default 100
                     */
                    readonly cloud_p95_ms?: number;
                    /**
                     * @description Most that held-out loss may rise, in nats a token.
                     * @default 0.02
                     */
                    readonly cloud_most_nats?: number;
                    /**
                     * @description Share of what can be served.
                     * @default 0.6
                     */
                    readonly cloud_load?: number;
                    /**
                     * @description Open-loop calls.
                     * @default 300
                     */
                    readonly cloud_requests?: number;
                    /**
                     * @description Fewest serving tasks.
                     * @default 1
                     */
                    readonly cloud_least_tasks?: number;
                    /**
                     * @description Most serving tasks.
                     * @default 4
                     */
                    readonly cloud_most_tasks?: number;
                    /**
                     * @description Most that held-out loss may rise, in nats a token.
                     * @default 0.05
                     */
                    readonly edge_most_nats?: number;
                    /**
                     * @description Share of the inner width to take out.
                     * @default 0.25
                     */
                    readonly edge_prune?: number;
                    /**
                     * @description Optimizer steps.
                     * @default 40
                     */
                    readonly edge_heal_steps?: number;
                    /**
                     * @description Peak learning rate.
                     * @default 0.001
                     */
                    readonly edge_learning_rate?: number;
                    /**
                     * @description What it is for.
                     * @default
                     */
                    readonly automotive_element?: string;
                    /**
                     * @description A target.
                     * @default 10
                     */
                    readonly automotive_p99_ms?: number;
                    /**
                     * @description A target.
                     * @default 0.95
                     */
                    readonly automotive_detection?: number;
                    /**
                     * @description A target.
                     * @default 0.0001
                     */
                    readonly automotive_false_negatives?: number;
                    /**
                     * @description A target.
                     * @default 2048
                     */
                    readonly automotive_memory_mib?: number;
                    /**
                     * @description Tokens of a call.
                     * @default 32
                     */
                    readonly automotive_window?: number;
                    /**
                     * @description Of a call.
                     * @default 10
                     */
                    readonly automotive_deadline_ms?: number;
                    /**
                     * @description Of last values.
                     * @default 200
                     */
                    readonly automotive_hold_ms?: number;
                    /**
                     * @description In a row.
                     * @default 3
                     */
                    readonly automotive_hand_over_after?: number;
                    /**
                     * @description Of known inputs.
                     * @default 0.05
                     */
                    readonly automotive_alarm_rate?: number;
                    /**
                     * @description Timed calls.
                     * @default 100000
                     */
                    readonly automotive_calls?: number;
                    /**
                     * @description Of a call.
                     * @default 1000
                     */
                    readonly automotive_repeats?: number;
                    /**
                     * @description Messages.
                     * @default 100000
                     */
                    readonly automotive_fuzz_cases?: number;
                };
                readonly compression?: {
                    /**
                     * @description Ways in which tensors may be stored; halves, singles and exact ternary codes are always among them.
                     * @default [
                     *       "rtn8-g64",
                     *       "rtn4-g64",
                     *       "rtn4-g32",
                     *       "rtn3-g64",
                     *       "rtn2-g64",
                     *       "vptq-v2k16",
                     *       "vptq-v2k64",
                     *       "vptq-v4k256",
                     *       "vptq-v4k256r16",
                     *       "seedlm-k10c8p3",
                     *       "seedlm-k12c8p3",
                     *       "hyper-u64",
                     *       "hyper-u256"
                     *     ]
                     */
                    readonly candidates?: readonly ("raw32" | "raw16" | "ternary" | "rtn8-g64" | "rtn8-g32" | "rtn4-g64" | "rtn4-g32" | "rtn3-g64" | "rtn3-g32" | "rtn2-g64" | "rtn2-g32" | "vptq-v2k16" | "vptq-v2k64" | "vptq-v2k256" | "vptq-v4k256" | "vptq-v4k256r16" | "seedlm-k10c8p3" | "seedlm-k10c8p4" | "seedlm-k10c12p4" | "seedlm-k12c8p3" | "seedlm-k12c8p4" | "seedlm-k12c12p4" | "seedlm-k16c8p3" | "seedlm-k16c8p4" | "seedlm-k16c12p4" | "hyper-u64" | "hyper-u256" | "hyper-u1024" | "hyper-golden-u256")[];
                    /**
                     * @description Rise of the loss that may be spent, in nats a token of held-out text.
                     * @default 0.02
                     */
                    readonly most_loss?: number;
                    /**
                     * @description Bits a weight, over all weights, that the file may take; above 0 it decides instead of most_loss.
                     * @default 0
                     */
                    readonly most_bits?: number;
                    /**
                     * @description Files that are made again where the loss of the one before is not as predicted.
                     * @default 5
                     */
                    readonly retries?: number;
                    /**
                     * @description Jobs that encode side by side.
                     * @default 2
                     */
                    readonly workers?: number;
                    /**
                     * @description Length of the random disturbance that a tensor is tried with, over its own.
                     * @default 0.1
                     */
                    readonly disturbance?: number;
                    /**
                     * @description Rows of training text for the second moments of inputs.
                     * @default 32
                     */
                    readonly calibration_rows?: number;
                    /**
                     * @description Held-out rows on which disturbed models are scored.
                     * @default 16
                     */
                    readonly sensitivity_rows?: number;
                    /**
                     * @description Tokens per row.
                     * @default 128
                     */
                    readonly seq_len?: number;
                    /**
                     * @description Rows per pass.
                     * @default 16
                     */
                    readonly batch_size?: number;
                    /**
                     * @description Most tokens of the train split that are encoded.
                     * @default 100000
                     */
                    readonly train_tokens?: number;
                    /**
                     * @description Most tokens of the held-out split; half of it decides, half is reported.
                     * @default 16384
                     */
                    readonly held_out_tokens?: number;
                    /**
                     * @description Every k-th document is held out, for a model that does not say which were.
                     * @default 23
                     */
                    readonly held_out_every?: number;
                    /**
                     * @description New targets per window of bits per byte.
                     * @default 128
                     */
                    readonly eval_stride?: number;
                    /**
                     * @description Decoding steps that are timed, of each model.
                     * @default 60
                     */
                    readonly profile_repeats?: number;
                };
            };
            /**
             * @description Gates on top of the ones each phase brings.
             * @default []
             */
            readonly gates?: readonly {
                /** @enum {string} */
                readonly phase: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                /** @description Metric name, `<subject>/<measure>`. */
                readonly metric: string;
                /** @enum {string} */
                readonly op: "<" | "<=" | ">" | ">=";
                /** @description A number, or another metric of the same phase, optionally times a factor. */
                readonly bound: number | {
                    readonly metric: string;
                    readonly factor?: number;
                };
                /**
                 * @description Show the failed verdict, or fail the phase.
                 * @default report
                 * @enum {string}
                 */
                readonly onFailure?: "report" | "fail";
            }[];
            /** @description Where its phases may run; see docs/burst.md. */
            readonly compute?: {
                /**
                 * @description Where phases run: on this machine, on rented ones, or where it is better.
                 * @default prefer_burst
                 * @enum {string}
                 */
                readonly strategy?: "local_only" | "prefer_burst" | "hybrid" | "require_burst";
                /**
                 * @description How rented machines share the work of a phase.
                 * @default parallel
                 * @enum {string}
                 */
                readonly mode?: "single" | "parallel" | "redundant" | "pipeline";
                /**
                 * @description Whether machines may be taken away again.
                 * @default prefer
                 * @enum {string}
                 */
                readonly spot?: "prefer" | "require" | "never";
                /** @description Regions to choose from; left out, that of the price table. */
                readonly regions?: readonly string[];
                /** @description A finished run whose measured job seconds say how fast a machine is; else the speed is assumed. */
                readonly probe?: string;
            };
            /** @description What it may cost, and until when it should have ended. */
            readonly budget?: {
                /** @description The run is paused with a checkpoint before it has cost more. */
                readonly maxUsd?: number;
                /** @description Most that its machines may cost in an hour, together. */
                readonly maxUsdPerHour?: number;
                /** @description Hours from the start by which the run should have ended. */
                readonly deadlineHours?: number;
            };
            /**
             * @description Free labels, shown and searchable, never interpreted.
             * @default {}
             */
            readonly labels?: {
                readonly [key: string]: string;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly getApiModelsAvailable: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldModels"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiModelsValidate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldValidate"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldValidated"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiModelsByModel_id: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly model_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldModel"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiPipelineCheckpointLoadByCheckpoint_id: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description Repeats of one request carry one key. */
                readonly "idempotency-key": string;
            };
            readonly path: {
                /** @description Id of the run, a dash, and the SHA-256. */
                readonly checkpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldLoadedSession"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiPipelineCheckpointSave: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldCheckpointSave"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldCheckpointSaved"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiPipelineControl: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldControl"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldSession"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiPipelineHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldHealth"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiPipelineHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
                readonly status?: "initializing" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "completed" | "failed";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldHistory"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiPipelinePhases: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldPhases"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiPipelinePresetSave: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                readonly "if-match"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldPresetSave"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldPreset"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiPipelinePresetByName: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldPreset"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiPipelinePresets: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly presets: readonly components["schemas"]["OldPreset"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiPipelineQualityGatesByRun_id: {
        readonly parameters: {
            readonly query?: {
                readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | "quietstar" | "adas";
            };
            readonly header?: never;
            readonly path: {
                readonly run_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldQualityGates"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiPipelineStart: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description Repeats of one request carry one key. */
                readonly "idempotency-key": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldStart"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldSession"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiPipelineStatusByRun_id: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly run_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldStatus"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiPipelineSwarmByRun_id: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly run_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldSwarm"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiV1PipelineCheckpointLoadByCheckpoint_id: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description Repeats of one request carry one key. */
                readonly "idempotency-key": string;
            };
            readonly path: {
                /** @description Id of the run, a dash, and the SHA-256. */
                readonly checkpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldLoadedSession"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiV1PipelineCheckpointSave: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldCheckpointSave"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldCheckpointSaved"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiV1PipelineControl: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldControl"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldSession"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiV1PipelineHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldHealth"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiV1PipelineHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
                readonly status?: "initializing" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "completed" | "failed";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldHistory"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiV1PipelinePhases: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldPhases"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiV1PipelinePresetSave: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                readonly "if-match"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldPresetSave"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldPreset"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiV1PipelinePresetByName: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldPreset"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiV1PipelinePresets: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly presets: readonly components["schemas"]["OldPreset"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiV1PipelineQualityGatesByRun_id: {
        readonly parameters: {
            readonly query?: {
                readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression" | "quietstar" | "adas";
            };
            readonly header?: never;
            readonly path: {
                readonly run_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldQualityGates"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postApiV1PipelineStart: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description Repeats of one request carry one key. */
                readonly "idempotency-key": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OldStart"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldSession"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiV1PipelineStatusByRun_id: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly run_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldStatus"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getApiV1PipelineSwarmByRun_id: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly run_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OldSwarm"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getArtifactsBySha256: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly sha256: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 302: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getAudit: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["AuditEntry"][];
                        readonly next: string | null;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getClaims: {
        readonly parameters: {
            readonly query?: {
                readonly verdict?: "holds" | "holds in part" | "does not hold" | "not measured";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Claim"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getClaimsById: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Claim"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getCorpora: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Corpus"][];
                        readonly next: string | null;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postCorpora: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
                    readonly name: string;
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly sha256: string;
                    /**
                     * @description SPDX expression or a short text.
                     * @default unknown
                     */
                    readonly licence?: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Corpus"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getCorporaByReference: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Corpus"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getCosts: {
        readonly parameters: {
            readonly query?: {
                readonly by?: "run" | "phase" | "model" | "attempt";
                readonly run?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Costs"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postGc: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["GarbageRequest"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["GarbageReport"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getKeys: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["ApiKey"][];
                        readonly next: string | null;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postKeys: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["KeyToMake"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NewApiKey"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly deleteKeysById: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getModels: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
                readonly name?: string;
                readonly run?: string;
                readonly parent?: string;
                readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly status?: "active" | "archived" | "quarantined" | "deleted";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Model"][];
                        readonly next: string | null;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postModels: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ModelImport"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Model"];
                };
            };
            /** @description Done */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Model"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getModelsByReference: {
        readonly parameters: {
            readonly query?: {
                readonly deleted?: "true" | "false";
            };
            readonly header?: never;
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Model"];
                };
            };
            /** @description Done */
            readonly 304: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly deleteModelsByReference: {
        readonly parameters: {
            readonly query?: {
                readonly reason?: string;
            };
            readonly header?: {
                /** @description ETag of the model. */
                readonly "if-match"?: string;
            };
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Model"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postModelsByReferenceArchive: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETag of the model. */
                readonly "if-match"?: string;
            };
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["StatusReason"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Model"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getModelsByReferenceLineage: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Lineage"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getModelsByReferenceMetadata: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["model-metadata"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postModelsByReferencePromote: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETag of the model. */
                readonly "if-match"?: string;
            };
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Promotion"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Model"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postModelsByReferenceQuarantine: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETag of the model. */
                readonly "if-match"?: string;
            };
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["StatusReason"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Model"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postModelsByReferenceRestore: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETag of the model. */
                readonly "if-match"?: string;
            };
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["StatusReason"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Model"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postModelsByReferenceVerify: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Id, name, name@version, name@latest or name@alias. */
                readonly reference: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelVerdict"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getOpenapiJson: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly openapi: string;
                    } & {
                        readonly [key: string]: unknown;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getPhases: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Phase"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getPhasesBySlug: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly slug: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PhaseDescription"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postPlan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["run"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RunPlan"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getPresets: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Preset"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getPresetsByName: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Preset"];
                };
            };
            /** @description Done */
            readonly 304: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly putPresetsByName: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                readonly "if-match"?: string;
                readonly "if-none-match"?: string;
            };
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @default  */
                    readonly description?: string;
                    readonly config: {
                        readonly cognate?: {
                            /**
                             * @description Width of the residual stream.
                             * @default 256
                             */
                            readonly d_model?: number;
                            /**
                             * @description Blocks; ACT ponders over the last one.
                             * @default 2
                             */
                            readonly num_layers?: number;
                            /**
                             * @description Attention heads.
                             * @default 4
                             */
                            readonly num_heads?: number;
                            /**
                             * @description Inner width of the SwiGLU feed-forward.
                             * @default 512
                             */
                            readonly d_ff?: number;
                            /**
                             * @description Embedding rows = tokenizer length, 32 of them reserved.
                             * @default 2048
                             */
                            readonly vocab_size?: number;
                            /**
                             * @description Tokens per training row.
                             * @default 128
                             */
                            readonly seq_len?: number;
                            /**
                             * @description Sliding attention window in tokens.
                             * @default 64
                             */
                            readonly window?: number;
                            /**
                             * @description Rows per step.
                             * @default 4
                             */
                            readonly batch_size?: number;
                            /**
                             * @description Optimizer steps per model in all (base + continuation).
                             * @default 350
                             */
                            readonly steps?: number;
                            /**
                             * @description Share of the steps spent on the shared base.
                             * @default 0.5
                             */
                            readonly base_fraction?: number;
                            /**
                             * @description Peak learning rate.
                             * @default 0.003
                             */
                            readonly learning_rate?: number;
                            /**
                             * @description Last learning rate as a share of the peak.
                             * @default 0.05
                             */
                            readonly min_lr_fraction?: number;
                            /**
                             * @description Linear warm-up.
                             * @default 20
                             */
                            readonly warmup_steps?: number;
                            /**
                             * @description AdamW decay of matrices.
                             * @default 0.1
                             */
                            readonly weight_decay?: number;
                            /**
                             * @description Gradient norm limit.
                             * @default 1
                             */
                            readonly grad_clip?: number;
                            /**
                             * @description Apply the SubLN gains (they exist in any case).
                             * @default true
                             */
                            readonly subln?: boolean;
                            /**
                             * @description Adaptive computation time over the last block.
                             * @default true
                             */
                            readonly act_enabled?: boolean;
                            /**
                             * @description Most ponder steps per token.
                             * @default 2
                             */
                            readonly act_n_max?: number;
                            /**
                             * @description Halting threshold is 1 - act_eps.
                             * @default 0.01
                             */
                            readonly act_eps?: number;
                            /**
                             * @description Initial bias of the halting unit.
                             * @default 1
                             */
                            readonly act_halt_bias?: number;
                            /**
                             * @description Final ponder-cost weight (each variant scales it).
                             * @default 0.02
                             */
                            readonly ponder_tau?: number;
                            /**
                             * @description Long-term memory.
                             * @default true
                             */
                            readonly ltm_enabled?: boolean;
                            /**
                             * @description Width of memory keys and values.
                             * @default 64
                             */
                            readonly ltm_dim?: number;
                            /**
                             * @description Layers of the memory net (1 = a matrix).
                             * @default 1
                             */
                            readonly ltm_depth?: number;
                            /**
                             * @description Tokens whose gradients are taken at one point.
                             * @default 32
                             */
                            readonly ltm_chunk?: number;
                            /**
                             * @description Kernel of the causal depthwise convolution (1 = none).
                             * @default 4
                             */
                            readonly ltm_conv?: number;
                            /**
                             * @description Learned input-independent tokens in front of the sequence.
                             * @default 0
                             */
                            readonly ltm_persistent?: number;
                            /**
                             * @description Every k-th document is held out.
                             * @default 23
                             */
                            readonly held_out_every?: number;
                            /**
                             * @description Most bytes of the train split that the tokenizer is trained on.
                             * @default 4000000
                             */
                            readonly tokenizer_bytes?: number;
                            /**
                             * @description Most tokens of the train split that are encoded.
                             * @default 400000
                             */
                            readonly train_tokens?: number;
                            /**
                             * @description Most tokens of the held-out split that are scored.
                             * @default 16384
                             */
                            readonly held_out_tokens?: number;
                            /**
                             * @description Tokens newly scored per evaluation window.
                             * @default 96
                             */
                            readonly eval_stride?: number;
                            /**
                             * @description Windows per evaluation batch.
                             * @default 16
                             */
                            readonly eval_batch_size?: number;
                            /**
                             * @description Share of a variant's rows that are its synthetic task.
                             * @default 0.4
                             */
                            readonly synthetic_share?: number;
                            /**
                             * @description Questions per probe.
                             * @default 64
                             */
                            readonly probe_items?: number;
                            /**
                             * @description Steps between training_metrics events.
                             * @default 10
                             */
                            readonly log_every?: number;
                        };
                        readonly evomerge?: {
                            /**
                             * @description Generations after the first one; 0 evaluates the recipes and takes the best.
                             * @default 3
                             */
                            readonly generations?: number;
                            /**
                             * @description Individuals evaluated per generation after the first.
                             * @default 8
                             */
                            readonly population?: number;
                            /**
                             * @description Jobs that share the evaluation of a generation.
                             * @default 2
                             */
                            readonly workers?: number;
                            /**
                             * @description Best individuals that live on unchanged (scalar selection).
                             * @default 2
                             */
                            readonly elites?: number;
                            /**
                             * @description By weighted fitness, or by NSGA-II over all four objectives.
                             * @default scalar
                             * @enum {string}
                             */
                            readonly selection?: "scalar" | "pareto";
                            /**
                             * @description Crossover and mutation over all methods, or CMA-ES inside the method that leads after the first generation.
                             * @default genetic
                             * @enum {string}
                             */
                            readonly search?: "genetic" | "cma-es";
                            /**
                             * @description First step size of CMA-ES, as a share of each range.
                             * @default 0.1667
                             */
                            readonly cma_sigma?: number;
                            /**
                             * @description Methods that mutation and immigrants may draw.
                             * @default [
                             *       "linear",
                             *       "slerp",
                             *       "ties",
                             *       "dare_linear",
                             *       "dare_ties",
                             *       "task_arithmetic",
                             *       "model_stock",
                             *       "dfs",
                             *       "passthrough"
                             *     ]
                             */
                            readonly methods?: readonly ("linear" | "slerp" | "nuslerp" | "karcher" | "model_stock" | "dfs" | "task_arithmetic" | "ties" | "dare_linear" | "dare_ties" | "della" | "della_linear" | "breadcrumbs" | "breadcrumbs_ties" | "passthrough")[];
                            /**
                             * @description Merges that replace the eight of the first generation; with generations 0 the phase is a plain merge.
                             * @default []
                             */
                            readonly recipes?: readonly {
                                /** @enum {string} */
                                readonly method: "linear" | "slerp" | "nuslerp" | "karcher" | "model_stock" | "dfs" | "task_arithmetic" | "ties" | "dare_linear" | "dare_ties" | "della" | "della_linear" | "breadcrumbs" | "breadcrumbs_ties" | "passthrough";
                                /** @description Input models by name. */
                                readonly models?: readonly string[];
                                /** @description One per model. */
                                readonly weights?: readonly number[];
                                /** @description Divide the weights by their sum. */
                                readonly normalize?: boolean;
                                /** @description Where on the arc of SLERP: 0 the first, 1 the second. */
                                readonly t?: number;
                                /** @description Share of each task vector that is kept. */
                                readonly density?: number;
                                /** @description Share of each task vector that DARE drops. */
                                readonly drop?: number;
                                /** @description Scale of the merged task vector. */
                                readonly lambda?: number;
                                /** @description Layers of a passthrough, from the first on. */
                                readonly slices?: readonly {
                                    /** @description Input model that the layers are taken from. */
                                    readonly model: string;
                                    /** @description First layer and the one after the last. */
                                    readonly layers: readonly [
                                        number,
                                        number
                                    ];
                                }[];
                            }[];
                            /**
                             * @description Weight of perplexity in the fitness.
                             * @default 0.4
                             */
                            readonly weight_perplexity?: number;
                            /**
                             * @description Weight of next-token accuracy in the fitness.
                             * @default 0.3
                             */
                            readonly weight_accuracy?: number;
                            /**
                             * @description Weight of speed (counted operations per token) in the fitness.
                             * @default 0.2
                             */
                            readonly weight_speed?: number;
                            /**
                             * @description Weight of memory (bytes) in the fitness.
                             * @default 0.1
                             */
                            readonly weight_memory?: number;
                            /**
                             * @description Chance that a child has two parents.
                             * @default 0.9
                             */
                            readonly crossover_rate?: number;
                            /**
                             * @description Distribution index of simulated binary crossover.
                             * @default 15
                             */
                            readonly crossover_eta?: number;
                            /**
                             * @description Distribution index of polynomial mutation.
                             * @default 20
                             */
                            readonly mutation_eta?: number;
                            /**
                             * @description Chance that mutation draws another method.
                             * @default 0.15
                             */
                            readonly reset_rate?: number;
                            /**
                             * @description Immigrants come when the population differs by less than this share of the first generation.
                             * @default 0.1
                             */
                            readonly diversity_floor?: number;
                            /**
                             * @description Share of the next generation that is drawn anew then.
                             * @default 0.2
                             */
                            readonly immigrant_share?: number;
                            /**
                             * @description Stop after so many without a gain; 0 never.
                             * @default 3
                             */
                            readonly plateau_generations?: number;
                            /**
                             * @description What counts as a gain of the leading measure.
                             * @default 0.0005
                             */
                            readonly plateau_gain?: number;
                            /**
                             * @description Tokens per evaluated row.
                             * @default 128
                             */
                            readonly seq_len?: number;
                            /**
                             * @description Rows per evaluation batch.
                             * @default 8
                             */
                            readonly eval_batch_size?: number;
                            /**
                             * @description Tokens on which each individual is scored.
                             * @default 4096
                             */
                            readonly screen_tokens?: number;
                            /**
                             * @description Tokens on which the finalists are scored again.
                             * @default 8192
                             */
                            readonly rescore_tokens?: number;
                            /**
                             * @description Tokens of documents that fitness never saw, for the report.
                             * @default 8192
                             */
                            readonly report_tokens?: number;
                            /**
                             * @description Individuals that are scored again.
                             * @default 3
                             */
                            readonly finalists?: number;
                            /**
                             * @description Positions at which predictions are compared.
                             * @default 64
                             */
                            readonly probe_tokens?: number;
                            /**
                             * @description Questions per probe of the report.
                             * @default 32
                             */
                            readonly probe_items?: number;
                            /**
                             * @description Every k-th document is held out, where the models do not say which were.
                             * @default 23
                             */
                            readonly held_out_every?: number;
                        };
                        readonly "quiet-star"?: {
                            /**
                             * @description Tokens of a thought, its two marks not counted.
                             * @default 4
                             */
                            readonly n_thought?: number;
                            /**
                             * @description True tokens that a thought has a say in.
                             * @default 4
                             */
                            readonly n_true?: number;
                            /**
                             * @description Thoughts per place in training; each is rewarded against the others.
                             * @default 2
                             */
                            readonly samples?: number;
                            /**
                             * @description Think after every k-th token, or where the next token is hardest.
                             * @default every
                             * @enum {string}
                             */
                            readonly select?: "every" | "hard";
                            /**
                             * @description k; with `hard`, one place per k tokens.
                             * @default 16
                             */
                            readonly every?: number;
                            /**
                             * @description With `hard`: least entropy of a place in nats.
                             * @default 0
                             */
                            readonly threshold?: number;
                            /**
                             * @description Thoughts are sampled at it.
                             * @default 1
                             */
                            readonly temperature?: number;
                            /**
                             * @description Weight of thoughts before training; 0 says exactly what the model said without them.
                             * @default 0
                             */
                            readonly first_weight?: number;
                            /**
                             * @description Noise on the marks' first vectors, in deviations of the embedding.
                             * @default 0.35
                             */
                            readonly mark_noise?: number;
                            /**
                             * @description Weight of REINFORCE.
                             * @default 1
                             */
                            readonly policy_weight?: number;
                            /**
                             * @description Weight of the loss without thoughts.
                             * @default 0.5
                             */
                            readonly quiet_weight?: number;
                            /**
                             * @description Largest reward; the smallest is 0.
                             * @default 5
                             */
                            readonly reward_clip?: number;
                            /**
                             * @description Tokens per row.
                             * @default 128
                             */
                            readonly seq_len?: number;
                            /**
                             * @description Rows per step.
                             * @default 2
                             */
                            readonly batch_size?: number;
                            /**
                             * @description Optimizer steps, of the thinker and of its control.
                             * @default 60
                             */
                            readonly steps?: number;
                            /**
                             * @description Peak learning rate.
                             * @default 0.0001
                             */
                            readonly learning_rate?: number;
                            /**
                             * @description Last learning rate as a share of the peak.
                             * @default 0.1
                             */
                            readonly min_lr_fraction?: number;
                            /**
                             * @description Linear warm-up.
                             * @default 5
                             */
                            readonly warmup_steps?: number;
                            /**
                             * @description AdamW decay of matrices.
                             * @default 0.001
                             */
                            readonly weight_decay?: number;
                            /**
                             * @description Gradient norm limit.
                             * @default 1
                             */
                            readonly grad_clip?: number;
                            /**
                             * @description Most tokens of the train split that are encoded.
                             * @default 100000
                             */
                            readonly train_tokens?: number;
                            /**
                             * @description Most tokens of the held-out split that rows are taken from.
                             * @default 16384
                             */
                            readonly held_out_tokens?: number;
                            /**
                             * @description Every k-th document is held out, for a model that does not say which were.
                             * @default 23
                             */
                            readonly held_out_every?: number;
                            /**
                             * @description Held-out rows that thoughts are measured on.
                             * @default 48
                             */
                            readonly eval_rows?: number;
                            /**
                             * @description Rows per evaluation batch.
                             * @default 8
                             */
                            readonly eval_batch_size?: number;
                            /**
                             * @description Redrawn sets of rows behind each interval.
                             * @default 1000
                             */
                            readonly bootstrap_draws?: number;
                            /**
                             * @description Steps between training_metrics events.
                             * @default 10
                             */
                            readonly log_every?: number;
                        };
                        readonly bitnet?: {
                            /**
                             * @description Projections that stay in floating point: shell patterns over names below the blocks, such as `0.*`.
                             * @default []
                             */
                            readonly kept_fp?: readonly string[];
                            /**
                             * @description Codes in the packed file: 2 bits a weight, or five weights a byte.
                             * @default base-3
                             * @enum {string}
                             */
                            readonly packing?: "two-bit" | "base-3";
                            /**
                             * @description Embedding in the packed file; int8 has a scale per row.
                             * @default int8
                             * @enum {string}
                             */
                            readonly embedding_stored?: "float32" | "float16" | "int8";
                            /**
                             * @description What is neither embedding nor ternary, in the packed file.
                             * @default float16
                             * @enum {string}
                             */
                            readonly kept_stored?: "float32" | "float16";
                            /**
                             * @description Share of the steps in which quantisation grows to its full strength; 0 is at once.
                             * @default 0.5
                             */
                            readonly strength_share?: number;
                            /**
                             * @description In a model that thinks, every k-th step also trains what is said after thoughts.
                             * @default 8
                             */
                            readonly thought_every?: number;
                            /**
                             * @description Tokens per row.
                             * @default 128
                             */
                            readonly seq_len?: number;
                            /**
                             * @description Rows per step.
                             * @default 4
                             */
                            readonly batch_size?: number;
                            /**
                             * @description Optimizer steps.
                             * @default 100
                             */
                            readonly steps?: number;
                            /**
                             * @description Peak learning rate; ternary weights stand, and need, more than full precision does.
                             * @default 0.002
                             */
                            readonly learning_rate?: number;
                            /**
                             * @description Last learning rate as a share of the peak.
                             * @default 0.05
                             */
                            readonly min_lr_fraction?: number;
                            /**
                             * @description Linear warm-up.
                             * @default 5
                             */
                            readonly warmup_steps?: number;
                            /**
                             * @description AdamW decay of matrices; it pulls masters back from the thresholds that they have to cross.
                             * @default 0
                             */
                            readonly weight_decay?: number;
                            /**
                             * @description Gradient norm limit.
                             * @default 1
                             */
                            readonly grad_clip?: number;
                            /**
                             * @description Most tokens of the train split that are encoded.
                             * @default 200000
                             */
                            readonly train_tokens?: number;
                            /**
                             * @description Most tokens of the held-out split that are scored.
                             * @default 16384
                             */
                            readonly held_out_tokens?: number;
                            /**
                             * @description Every k-th document is held out, for a model that does not say which were.
                             * @default 23
                             */
                            readonly held_out_every?: number;
                            /**
                             * @description Tokens newly scored per evaluation window.
                             * @default 96
                             */
                            readonly eval_stride?: number;
                            /**
                             * @description Windows per evaluation batch.
                             * @default 16
                             */
                            readonly eval_batch_size?: number;
                            /**
                             * @description Held-out rows on which activations and the packed file are looked at.
                             * @default 16
                             */
                            readonly calibration_rows?: number;
                            /**
                             * @description Decoding steps that are timed, of each model.
                             * @default 60
                             */
                            readonly profile_repeats?: number;
                            /**
                             * @description Steps between training_metrics events.
                             * @default 10
                             */
                            readonly log_every?: number;
                        };
                        readonly training?: {
                            /**
                             * @description Amplify slow gradients by a running or a windowed mean.
                             * @default off
                             * @enum {string}
                             */
                            readonly grokfast?: "off" | "ema" | "window";
                            /**
                             * @description Decay of the running mean.
                             * @default 0.98
                             */
                            readonly grokfast_alpha?: number;
                            /**
                             * @description Steps of the windowed mean.
                             * @default 100
                             */
                            readonly grokfast_window?: number;
                            /**
                             * @description Weight of the mean that is added.
                             * @default 0.5
                             */
                            readonly grokfast_amplification?: number;
                            /**
                             * @description Weight of predicting an own hidden state; 0 is off.
                             * @default 0
                             */
                            readonly self_model_weight?: number;
                            /**
                             * @description Share of the steps in which that weight grows.
                             * @default 0.1
                             */
                            readonly self_model_ramp?: number;
                            /**
                             * @description Gradients into the model that are cut; with both it is a probe that changes nothing.
                             * @default none
                             * @enum {string}
                             */
                            readonly self_model_detach?: "none" | "target" | "both";
                            /**
                             * @description Replay own samples, by the snapshot's distribution or by their tokens.
                             * @default off
                             * @enum {string}
                             */
                            readonly dreams?: "off" | "distil" | "sample";
                            /**
                             * @description Dreams' part of the loss.
                             * @default 0.2
                             */
                            readonly dream_share?: number;
                            /**
                             * @description Steps between two looks at old data.
                             * @default 500
                             */
                            readonly dream_wake?: number;
                            /**
                             * @description Most dreams that are kept.
                             * @default 2048
                             */
                            readonly dream_buffer?: number;
                            /**
                             * @description Tokens of real text that a dream begins with.
                             * @default 8
                             */
                            readonly dream_prompt?: number;
                            /**
                             * @description Dreams are sampled at it.
                             * @default 1
                             */
                            readonly dream_temperature?: number;
                            /**
                             * @description Probability of the likeliest tokens that are sampled from.
                             * @default 0.95
                             */
                            readonly dream_top_p?: number;
                            /**
                             * @description Nats a token that old data may get worse in a cycle before it is undone.
                             * @default 0.02
                             */
                            readonly dream_tolerance?: number;
                            /**
                             * @description Change how hard questions are, to keep the share of right answers.
                             * @default false
                             */
                            readonly edge?: boolean;
                            /**
                             * @description Share of right answers aimed at.
                             * @default 0.65
                             */
                            readonly edge_target?: number;
                            /**
                             * @description Distance from it at which nothing is changed.
                             * @default 0.1
                             */
                            readonly edge_band?: number;
                            /**
                             * @description Graded answers between two decisions.
                             * @default 200
                             */
                            readonly edge_window?: number;
                            /**
                             * @description Difficulty to begin with.
                             * @default 0
                             */
                            readonly edge_first?: number;
                            /**
                             * @description Temperature of the loss's softmax at first; 1 is off.
                             * @default 1
                             */
                            readonly temperature_start?: number;
                            /**
                             * @description Share of the steps in which it comes to 1.
                             * @default 0.3
                             */
                            readonly temperature_share?: number;
                            /**
                             * @description Share of rows that are questions; the rest is text.
                             * @default 0.25
                             */
                            readonly synthetic_share?: number;
                            /**
                             * @description In a model that thinks, every k-th step practises speaking after thoughts.
                             * @default 4
                             */
                            readonly thought_every?: number;
                            /**
                             * @description Tokens per row.
                             * @default 128
                             */
                            readonly seq_len?: number;
                            /**
                             * @description Rows per step, dreams not counted.
                             * @default 4
                             */
                            readonly batch_size?: number;
                            /**
                             * @description Optimizer steps.
                             * @default 60
                             */
                            readonly steps?: number;
                            /**
                             * @description Peak learning rate.
                             * @default 0.0005
                             */
                            readonly learning_rate?: number;
                            /**
                             * @description Last learning rate as a share of the peak.
                             * @default 0.1
                             */
                            readonly min_lr_fraction?: number;
                            /**
                             * @description Linear warm-up.
                             * @default 5
                             */
                            readonly warmup_steps?: number;
                            /**
                             * @description AdamW decay of matrices.
                             * @default 0.001
                             */
                            readonly weight_decay?: number;
                            /**
                             * @description Gradient norm limit.
                             * @default 1
                             */
                            readonly grad_clip?: number;
                            /**
                             * @description Of matrix products in training.
                             * @default float32
                             * @enum {string}
                             */
                            readonly precision?: "float32" | "bfloat16";
                            /**
                             * @description Most tokens of the train split that are encoded.
                             * @default 100000
                             */
                            readonly train_tokens?: number;
                            /**
                             * @description Most tokens of the held-out split; half guards dreams, half is reported.
                             * @default 16384
                             */
                            readonly held_out_tokens?: number;
                            /**
                             * @description Every k-th document is held out, for a model that does not say which were.
                             * @default 23
                             */
                            readonly held_out_every?: number;
                            /**
                             * @description Most rows of held-out text, and rows of questions.
                             * @default 48
                             */
                            readonly eval_rows?: number;
                            /**
                             * @description New targets per window of bits per byte.
                             * @default 96
                             */
                            readonly eval_stride?: number;
                            /**
                             * @description Rows per evaluation batch.
                             * @default 8
                             */
                            readonly eval_batch_size?: number;
                            /**
                             * @description Redrawn sets of rows behind each interval.
                             * @default 1000
                             */
                            readonly bootstrap_draws?: number;
                            /**
                             * @description Steps between training_metrics events.
                             * @default 10
                             */
                            readonly log_every?: number;
                        };
                        readonly baking?: {
                            /**
                             * @description Prompts and personas to bake, as data.
                             * @default [
                             *       {
                             *         "name": "clerk",
                             *         "text": "@a4b7c2d9e5f1",
                             *         "inputs": [
                             *           "?a",
                             *           "?b",
                             *           "?c",
                             *           "?d",
                             *           "?e",
                             *           "?f",
                             *           "?a4c",
                             *           "?a4e",
                             *           "?b7d",
                             *           "?b7f",
                             *           "?c2a",
                             *           "?c2e",
                             *           "?d9b",
                             *           "?d9f",
                             *           "?e5a",
                             *           "?e5c",
                             *           "?f1b",
                             *           "?f1d"
                             *         ],
                             *         "probes": [
                             *           {
                             *             "input": "?a4b",
                             *             "expected": "7"
                             *           },
                             *           {
                             *             "input": "?b7a",
                             *             "expected": "4"
                             *           },
                             *           {
                             *             "input": "?c2b",
                             *             "expected": "7"
                             *           },
                             *           {
                             *             "input": "?d9a",
                             *             "expected": "4"
                             *           },
                             *           {
                             *             "input": "?e5b",
                             *             "expected": "7"
                             *           },
                             *           {
                             *             "input": "?f1a",
                             *             "expected": "4"
                             *           },
                             *           {
                             *             "input": "?a4d",
                             *             "expected": "9"
                             *           },
                             *           {
                             *             "input": "?b7c",
                             *             "expected": "2"
                             *           },
                             *           {
                             *             "input": "?c2d",
                             *             "expected": "9"
                             *           },
                             *           {
                             *             "input": "?d9c",
                             *             "expected": "2"
                             *           },
                             *           {
                             *             "input": "?e5d",
                             *             "expected": "9"
                             *           },
                             *           {
                             *             "input": "?f1c",
                             *             "expected": "2"
                             *           },
                             *           {
                             *             "input": "?a4f",
                             *             "expected": "1"
                             *           },
                             *           {
                             *             "input": "?b7e",
                             *             "expected": "5"
                             *           },
                             *           {
                             *             "input": "?c2f",
                             *             "expected": "1"
                             *           },
                             *           {
                             *             "input": "?d9e",
                             *             "expected": "5"
                             *           },
                             *           {
                             *             "input": "?e5f",
                             *             "expected": "1"
                             *           },
                             *           {
                             *             "input": "?f1e",
                             *             "expected": "5"
                             *           },
                             *           {
                             *             "input": "?a4b7c",
                             *             "expected": "2"
                             *           },
                             *           {
                             *             "input": "?b7a4f",
                             *             "expected": "1"
                             *           },
                             *           {
                             *             "input": "?c2f1d",
                             *             "expected": "9"
                             *           },
                             *           {
                             *             "input": "?d9c2e",
                             *             "expected": "5"
                             *           },
                             *           {
                             *             "input": "?e5d9a",
                             *             "expected": "4"
                             *           },
                             *           {
                             *             "input": "?f1e5b",
                             *             "expected": "7"
                             *           }
                             *         ]
                             *       }
                             *     ]
                             */
                            readonly prompts?: readonly {
                                /** @description What figures and the vector are named after. */
                                readonly name: string;
                                /** @description Stands in front of every input, as it is. */
                                readonly text: string;
                                /** @description What it is baked on; openings of the corpus without them. */
                                readonly inputs?: readonly string[];
                                /** @description What it is measured on, every second one for the report; held-out openings without them. */
                                readonly probes?: readonly {
                                    /** @description What the model is asked; never one of the inputs. */
                                    readonly input: string;
                                    /** @description How a right answer begins, where one is known. */
                                    readonly expected?: string;
                                }[];
                            }[];
                            /**
                             * @description Several prompts: all in one text, or one after the other with every earlier one tested again.
                             * @default union
                             * @enum {string}
                             */
                            readonly order?: "union" | "sequence";
                            /**
                             * @description Bakes of each prompt, each with the last baked model as its teacher.
                             * @default 1
                             */
                            readonly rounds?: number;
                            /**
                             * @description Rounds end once one moves held-out answers by less, in nats a token; 0 is never.
                             * @default 0
                             */
                            readonly pursuit_gain?: number;
                            /**
                             * @description What is trained: all weights, or adapters of low rank beside blocks and memory.
                             * @default full
                             * @enum {string}
                             */
                            readonly method?: "full" | "low-rank";
                            /**
                             * @description Of the adapters.
                             * @default 16
                             */
                            readonly rank?: number;
                            /**
                             * @description The change of an adapter is scaled by alpha / rank.
                             * @default 32
                             */
                            readonly alpha?: number;
                            /**
                             * @description Part of the change that is added; less is half-baked.
                             * @default 1
                             */
                            readonly strength?: number;
                            /**
                             * @description A bake ends at this divergence on held-out answers, in nats a token; 0 is never.
                             * @default 0.05
                             */
                            readonly stop_kl?: number;
                            /**
                             * @description It ends as well at this share of the first divergence; .5 is half-baked.
                             * @default 0
                             */
                            readonly stop_share?: number;
                            /**
                             * @description Steps between two looks at held-out answers.
                             * @default 10
                             */
                            readonly check_every?: number;
                            /**
                             * @description Answers of the prompted model to train on.
                             * @default 128
                             */
                            readonly answers?: number;
                            /**
                             * @description Tokens of an opening of the corpus, where a prompt names no inputs.
                             * @default 12
                             */
                            readonly input_tokens?: number;
                            /**
                             * @description Tokens of an answer.
                             * @default 4
                             */
                            readonly answer_tokens?: number;
                            /**
                             * @description Answers to train on are sampled at it.
                             * @default 1
                             */
                            readonly temperature?: number;
                            /**
                             * @description Weight of staying as it was elsewhere.
                             * @default 0.1
                             */
                            readonly retain_weight?: number;
                            /**
                             * @description Rows per step on which it stays as it was.
                             * @default 4
                             */
                            readonly retain_rows?: number;
                            /**
                             * @description Share of those rows that are questions; the rest is text.
                             * @default 0.5
                             */
                            readonly synthetic_share?: number;
                            /**
                             * @description Openings of held-out text to measure on, where a prompt names no probes.
                             * @default 24
                             */
                            readonly probe_count?: number;
                            /**
                             * @description Answers per step.
                             * @default 16
                             */
                            readonly batch_size?: number;
                            /**
                             * @description Most optimizer steps of a bake.
                             * @default 60
                             */
                            readonly steps?: number;
                            /**
                             * @description Peak learning rate.
                             * @default 0.0005
                             */
                            readonly learning_rate?: number;
                            /**
                             * @description Last learning rate as a share of the peak.
                             * @default 0.1
                             */
                            readonly min_lr_fraction?: number;
                            /**
                             * @description Linear warm-up.
                             * @default 5
                             */
                            readonly warmup_steps?: number;
                            /**
                             * @description AdamW decay of matrices.
                             * @default 0
                             */
                            readonly weight_decay?: number;
                            /**
                             * @description Gradient norm limit.
                             * @default 1
                             */
                            readonly grad_clip?: number;
                            /**
                             * @description Tokens per row of held-out text.
                             * @default 128
                             */
                            readonly seq_len?: number;
                            /**
                             * @description Most tokens of the train split that are encoded.
                             * @default 100000
                             */
                            readonly train_tokens?: number;
                            /**
                             * @description Most tokens of the held-out split; half of it decides when a bake ends, half is reported.
                             * @default 16384
                             */
                            readonly held_out_tokens?: number;
                            /**
                             * @description Every k-th document is held out, for a model that does not say which were.
                             * @default 23
                             */
                            readonly held_out_every?: number;
                            /**
                             * @description Rows on which it should have stayed as it was.
                             * @default 32
                             */
                            readonly eval_rows?: number;
                            /**
                             * @description New targets per window of bits per byte.
                             * @default 128
                             */
                            readonly eval_stride?: number;
                            /**
                             * @description Rows per evaluation batch.
                             * @default 16
                             */
                            readonly eval_batch_size?: number;
                            /**
                             * @description Redrawn sets of probes behind each interval.
                             * @default 1000
                             */
                            readonly bootstrap_draws?: number;
                            /**
                             * @description Steps between training_metrics events.
                             * @default 10
                             */
                            readonly log_every?: number;
                        };
                        readonly deployment?: {
                            /**
                             * @description Where the model is to run.
                             * @default cloud
                             * @enum {string}
                             */
                            readonly target?: "cloud" | "edge" | "automotive";
                            /**
                             * @description Graphs to make.
                             * @default [
                             *       "fp32",
                             *       "int8",
                             *       "int4"
                             *     ]
                             */
                            readonly variants?: readonly ("fp32" | "int8" | "int4")[];
                            /**
                             * @description Batch sizes to measure.
                             * @default [
                             *       1,
                             *       2,
                             *       4,
                             *       8,
                             *       16,
                             *       32
                             *     ]
                             */
                            readonly batches?: readonly number[];
                            /**
                             * @description Tokens of a call.
                             * @default [
                             *       32,
                             *       128,
                             *       512
                             *     ]
                             */
                            readonly sequences?: readonly number[];
                            /**
                             * @description Threads of the runtime.
                             * @default [
                             *       1
                             *     ]
                             */
                            readonly thread_counts?: readonly number[];
                            /**
                             * @description Calls before those.
                             * @default 20
                             */
                            readonly warm_ups?: number;
                            /**
                             * @description Timed calls.
                             * @default 200
                             */
                            readonly calls?: number;
                            /**
                             * @description Tokens to decode.
                             * @default 32
                             */
                            readonly decode_tokens?: number;
                            /**
                             * @description Random and real batches to compare with torch.
                             * @default 64
                             */
                            readonly parity_batches?: number;
                            /**
                             * @description Tokens of a row of those.
                             * @default 32
                             */
                            readonly parity_tokens?: number;
                            /**
                             * @description Weights per scale in int4.
                             * @default 32
                             */
                            readonly block_size?: 16 | 32 | 64 | 128;
                            /**
                             * @description Tokens per row.
                             * @default 128
                             */
                            readonly seq_len?: number;
                            /**
                             * @description Rows per step.
                             * @default 4
                             */
                            readonly batch_size?: number;
                            /**
                             * @description Most tokens of the train split that are encoded.
                             * @default 100000
                             */
                            readonly train_tokens?: number;
                            /**
                             * @description Most tokens of the held-out split.
                             * @default 16384
                             */
                            readonly held_out_tokens?: number;
                            /**
                             * @description Every k-th document is held out, for a model that does not say which were.
                             * @default 23
                             */
                            readonly held_out_every?: number;
                            /**
                             * @description Rows per evaluation batch.
                             * @default 8
                             */
                            readonly eval_batch_size?: number;
                            /**
                             * @description Steps between training_metrics events.
                             * @default 10
                             */
                            readonly log_every?: number;
                            /**
                             * @description Bound on the 95th percentile.
                             * @default 100
                             */
                            readonly cloud_p95_ms?: number;
                            /**
                             * @description Most that held-out loss may rise, in nats a token.
                             * @default 0.02
                             */
                            readonly cloud_most_nats?: number;
                            /**
                             * @description Share of what can be served.
                             * @default 0.6
                             */
                            readonly cloud_load?: number;
                            /**
                             * @description Open-loop calls.
                             * @default 300
                             */
                            readonly cloud_requests?: number;
                            /**
                             * @description Fewest serving tasks.
                             * @default 1
                             */
                            readonly cloud_least_tasks?: number;
                            /**
                             * @description Most serving tasks.
                             * @default 4
                             */
                            readonly cloud_most_tasks?: number;
                            /**
                             * @description Most that held-out loss may rise, in nats a token.
                             * @default 0.05
                             */
                            readonly edge_most_nats?: number;
                            /**
                             * @description Share of the inner width to take out.
                             * @default 0.25
                             */
                            readonly edge_prune?: number;
                            /**
                             * @description Optimizer steps.
                             * @default 40
                             */
                            readonly edge_heal_steps?: number;
                            /**
                             * @description Peak learning rate.
                             * @default 0.001
                             */
                            readonly edge_learning_rate?: number;
                            /**
                             * @description What it is for.
                             * @default
                             */
                            readonly automotive_element?: string;
                            /**
                             * @description A target.
                             * @default 10
                             */
                            readonly automotive_p99_ms?: number;
                            /**
                             * @description A target.
                             * @default 0.95
                             */
                            readonly automotive_detection?: number;
                            /**
                             * @description A target.
                             * @default 0.0001
                             */
                            readonly automotive_false_negatives?: number;
                            /**
                             * @description A target.
                             * @default 2048
                             */
                            readonly automotive_memory_mib?: number;
                            /**
                             * @description Tokens of a call.
                             * @default 32
                             */
                            readonly automotive_window?: number;
                            /**
                             * @description Of a call.
                             * @default 10
                             */
                            readonly automotive_deadline_ms?: number;
                            /**
                             * @description Of last values.
                             * @default 200
                             */
                            readonly automotive_hold_ms?: number;
                            /**
                             * @description In a row.
                             * @default 3
                             */
                            readonly automotive_hand_over_after?: number;
                            /**
                             * @description Of known inputs.
                             * @default 0.05
                             */
                            readonly automotive_alarm_rate?: number;
                            /**
                             * @description Timed calls.
                             * @default 100000
                             */
                            readonly automotive_calls?: number;
                            /**
                             * @description Of a call.
                             * @default 1000
                             */
                            readonly automotive_repeats?: number;
                            /**
                             * @description Messages.
                             * @default 100000
                             */
                            readonly automotive_fuzz_cases?: number;
                        };
                        readonly compression?: {
                            /**
                             * @description Ways in which tensors may be stored; halves, singles and exact ternary codes are always among them.
                             * @default [
                             *       "rtn8-g64",
                             *       "rtn4-g64",
                             *       "rtn4-g32",
                             *       "rtn3-g64",
                             *       "rtn2-g64",
                             *       "vptq-v2k16",
                             *       "vptq-v2k64",
                             *       "vptq-v4k256",
                             *       "vptq-v4k256r16",
                             *       "seedlm-k10c8p3",
                             *       "seedlm-k12c8p3",
                             *       "hyper-u64",
                             *       "hyper-u256"
                             *     ]
                             */
                            readonly candidates?: readonly ("raw32" | "raw16" | "ternary" | "rtn8-g64" | "rtn8-g32" | "rtn4-g64" | "rtn4-g32" | "rtn3-g64" | "rtn3-g32" | "rtn2-g64" | "rtn2-g32" | "vptq-v2k16" | "vptq-v2k64" | "vptq-v2k256" | "vptq-v4k256" | "vptq-v4k256r16" | "seedlm-k10c8p3" | "seedlm-k10c8p4" | "seedlm-k10c12p4" | "seedlm-k12c8p3" | "seedlm-k12c8p4" | "seedlm-k12c12p4" | "seedlm-k16c8p3" | "seedlm-k16c8p4" | "seedlm-k16c12p4" | "hyper-u64" | "hyper-u256" | "hyper-u1024" | "hyper-golden-u256")[];
                            /**
                             * @description Rise of the loss that may be spent, in nats a token of held-out text.
                             * @default 0.02
                             */
                            readonly most_loss?: number;
                            /**
                             * @description Bits a weight, over all weights, that the file may take; above 0 it decides instead of most_loss.
                             * @default 0
                             */
                            readonly most_bits?: number;
                            /**
                             * @description Files that are made again where the loss of the one before is not as predicted.
                             * @default 5
                             */
                            readonly retries?: number;
                            /**
                             * @description Jobs that encode side by side.
                             * @default 2
                             */
                            readonly workers?: number;
                            /**
                             * @description Length of the random disturbance that a tensor is tried with, over its own.
                             * @default 0.1
                             */
                            readonly disturbance?: number;
                            /**
                             * @description Rows of training text for the second moments of inputs.
                             * @default 32
                             */
                            readonly calibration_rows?: number;
                            /**
                             * @description Held-out rows on which disturbed models are scored.
                             * @default 16
                             */
                            readonly sensitivity_rows?: number;
                            /**
                             * @description Tokens per row.
                             * @default 128
                             */
                            readonly seq_len?: number;
                            /**
                             * @description Rows per pass.
                             * @default 16
                             */
                            readonly batch_size?: number;
                            /**
                             * @description Most tokens of the train split that are encoded.
                             * @default 100000
                             */
                            readonly train_tokens?: number;
                            /**
                             * @description Most tokens of the held-out split; half of it decides, half is reported.
                             * @default 16384
                             */
                            readonly held_out_tokens?: number;
                            /**
                             * @description Every k-th document is held out, for a model that does not say which were.
                             * @default 23
                             */
                            readonly held_out_every?: number;
                            /**
                             * @description New targets per window of bits per byte.
                             * @default 128
                             */
                            readonly eval_stride?: number;
                            /**
                             * @description Decoding steps that are timed, of each model.
                             * @default 60
                             */
                            readonly profile_repeats?: number;
                        };
                    };
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Preset"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly deletePresetsByName: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                readonly "if-match"?: string;
                readonly "if-none-match"?: string;
            };
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getQuotas: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Quota"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly putQuotas: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                readonly "if-match"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["QuotaToSet"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Quota"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRuns: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
                readonly status?: "queued" | "running" | "pausing" | "paused" | "cancelling" | "cancelled" | "succeeded" | "failed";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["RunSummary"][];
                        readonly next: string | null;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postRuns: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description Repeats of one submission carry one key. */
                readonly "idempotency-key": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["run"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsById: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Done */
            readonly 304: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postRunsByIdCancel: {
        readonly parameters: {
            readonly query?: {
                readonly dryRun?: "true" | "false";
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decisions"];
                };
            };
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdCheckpoints: {
        readonly parameters: {
            readonly query?: {
                readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Checkpoint"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdDecisions: {
        readonly parameters: {
            readonly query?: {
                readonly verb?: "pause" | "resume" | "cancel" | "retry" | "fork";
                readonly from?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decisions"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdEvents: {
        readonly parameters: {
            readonly query?: {
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["event"][];
                        readonly next: number | null;
                    };
                    readonly "text/event-stream": string;
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postRunsByIdFork: {
        readonly parameters: {
            readonly query?: {
                readonly dryRun?: "true" | "false";
            };
            readonly header?: {
                /** @description Repeats of one request carry one key. Needed unless it is a dry run. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Fork"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decisions"];
                };
            };
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdGates: {
        readonly parameters: {
            readonly query?: {
                readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RunGates"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdLogs: {
        readonly parameters: {
            readonly query?: {
                readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly stage?: string;
                readonly index?: string;
                readonly tail?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["AttemptLog"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdMetrics: {
        readonly parameters: {
            readonly query?: {
                readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["metric-record"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postRunsByIdPause: {
        readonly parameters: {
            readonly query?: {
                readonly dryRun?: "true" | "false";
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decisions"];
                };
            };
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdReport: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RunReport"];
                    readonly "text/markdown": string;
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postRunsByIdResume: {
        readonly parameters: {
            readonly query?: {
                readonly dryRun?: "true" | "false";
                /** @description What the run may cost from now on, in USD. */
                readonly maxUsd?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decisions"];
                };
            };
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postRunsByIdRetry: {
        readonly parameters: {
            readonly query?: {
                readonly dryRun?: "true" | "false";
            };
            readonly header?: {
                /** @description Repeats of one request carry one key. Needed unless it is a dry run. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Retry"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Decisions"];
                };
            };
            /** @description Done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdSeries: {
        readonly parameters: {
            readonly query?: {
                readonly phase?: "cognate" | "evomerge" | "quiet-star" | "bitnet" | "training" | "baking" | "deployment" | "compression";
                readonly measure?: string;
                readonly points?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["SampledSeries"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRunsByIdTopology: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Topology"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getUploads: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Upload"][];
                        readonly next: string | null;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postUploads: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description SHA-256 in lower-case hexadecimal. */
                    readonly sha256: string;
                    readonly bytes: number;
                    readonly mediaType: string;
                    /** @description Where in the inbox the bytes go. Left out: they are stored under their hash. */
                    readonly inbox?: {
                        /** @description A name: 1 to 64 lower-case letters, digits, dots, underscores and dashes. */
                        readonly folder: string;
                        /** @description Below the folder; `manifest.json` goes last. */
                        readonly path: string;
                    };
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly exists: boolean;
                        readonly url?: string;
                        /** @enum {string} */
                        readonly method?: "PUT";
                        readonly headers?: {
                            readonly [key: string]: string;
                        };
                        readonly expiresAt?: string;
                    };
                };
            };
            /** @description Done */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly exists: boolean;
                        readonly url?: string;
                        /** @enum {string} */
                        readonly method?: "PUT";
                        readonly headers?: {
                            readonly [key: string]: string;
                        };
                        readonly expiresAt?: string;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getWebhooks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Webhook"][];
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postWebhooks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["WebhookToCreate"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getWebhooksById: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly deleteWebhooksById: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getWebhooksByIdDeliveries: {
        readonly parameters: {
            readonly query?: {
                /** @description 1 to 200. */
                readonly limit?: string;
                /** @description `next` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["WebhookDelivery"][];
                        readonly next: string | null;
                    };
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly postWebhooksByIdTest: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TestedWebhook"];
                };
            };
            /** @description A problem document */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
