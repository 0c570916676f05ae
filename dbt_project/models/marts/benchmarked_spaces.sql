with

benchmarked_spaces as (

    select * from {{ ref('int_benchmarked_spaces') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        -- ids
        benchmarked_spaces.member_id,

        -- text
        benchmarked_spaces.space,
        members.name as member,

        -- origin
        benchmarked_spaces.source_file,
        benchmarked_spaces.source_line
    from benchmarked_spaces
    left join members
        on benchmarked_spaces.member_id = members.member_id

)

select * from final
