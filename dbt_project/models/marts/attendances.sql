{#- A view: with millions of rows a second copy in the same database would cost time and say nothing new. -#}
{{ config(materialized='view') }}

with

attendance as (

    select * from {{ ref('int_event_attendance') }}

),

final as (

    select
        event_id,
        person_key,
        gender,
        has_attended,
        source_file,
        source_line
    from attendance

)

select * from final
