with

source as (

    select * from {{ source('landing', 'published_annex_engagement') }}

),

renamed as (

    select
        -- text
        member_text,
        member_key,
        is_new,
        activated,
        fee_paid,
        board,
        annual_meeting,
        bilateral,
        pilot,
        indicators,
        capacity_building,
        wmd_organiser,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
