with

engagements as (

    select * from {{ ref('int_member_engagements') }}

),

final as (

    select
        member_id,
        engagement,
        event_id,
        source_file,
        source_line
    from engagements

)

select * from final
