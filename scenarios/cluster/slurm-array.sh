#!/bin/sh
# A matrix as a Slurm array: task number SLURM_ARRAY_TASK_ID runs one shard, of as many as there are tasks.
#   SCENARIO=matrix.yaml REPORTS=reports sbatch --array=1-20 scenarios/cluster/slurm-array.sh
# https://slurm.schedmd.com/job_array.html
#SBATCH --job-name=diorama-matrix
#SBATCH --array=1-20
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --output=diorama-matrix-%A-%a.log
set -eu
: "${SCENARIO:?the scenario file}"
: "${REPORTS:?a folder that all nodes see}"
mkdir -p "$REPORTS"
shard=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN + 1))
exec diorama run "$SCENARIO" --quiet --jobs 1 --shard "$shard/$SLURM_ARRAY_TASK_COUNT" --json "$REPORTS/part-$shard.json"
