with

benchmarked_spaces as (

    select * from {{ ref('int_benchmarked_spaces') }}

),

final as (

    select
        space,
        member_id,
        source_file,
        source_line
    from benchmarked_spaces
    where member_id is not null

)

select * from final
