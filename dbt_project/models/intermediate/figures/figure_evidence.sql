{{ config(materialized='table') }}

with

final as (

    select * from {{ ref('evidence_membership') }}

    union all

    select * from {{ ref('evidence_gender') }}

    union all

    select * from {{ ref('evidence_advocacy') }}

    union all

    select * from {{ ref('evidence_knowledge') }}

    union all

    select * from {{ ref('evidence_learning') }}

    union all

    select * from {{ ref('evidence_organisation') }}

    union all

    select * from {{ ref('evidence_finance') }}

)

select * from final
